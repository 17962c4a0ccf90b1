/** What GitHub allows in names of accounts and repositories; nothing of it can leave its place in a path. */
const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/** Where people read what the API at this address speaks of: `api.github.com` → `github.com`, `HOST/api/v3` → `HOST`. */
export function webHostOf(apiUrl: string): string {
  return new URL(apiUrl).host.replace(/^api\.(?=.*\.)/, '');
}

/** `acme/shop` of `https://github.com/acme/shop`, with or without `.git`; null for an address that is no repository on that host. */
export function repositoryName(repository: string, webHost: string): string | null {
  if (!URL.canParse(repository)) return null;
  const { protocol, host, pathname, username, password, search } = new URL(repository);
  if (host !== webHost || !/^https?:$/.test(protocol) || username + password + search !== '') return null;
  const [, owner = '', name = '', ...more] = pathname.replace(/\/+$/, '').split('/');
  const bare = name.replace(/\.git$/, '');
  return more.length === 0 && OWNER.test(owner) && NAME.test(bare) ? `${owner}/${bare}` : null;
}
