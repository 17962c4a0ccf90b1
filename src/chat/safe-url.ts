/** The address as browsers understand it, when it leads to a page; null for every other scheme (`javascript:`, `data:` …) and for what is none. */
export function safeUrl(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, href, username, password } = new URL(url);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' ? href : null;
}
