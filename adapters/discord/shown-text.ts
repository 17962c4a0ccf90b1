/** Text as readers see it, from the markdown that this adapter wrote: for titles and questions that repeat a line of a message. */
export function shownText(markdown: string): string {
  return markdown
    .replace(/^(?:#{1,3}|-#) /gm, '')
    .replace(/(?<!\\)\*\*/g, '')
    .replace(/\\(?=[^A-Za-z0-9\s])/g, '');
}
