import { Telephone } from './telephone.ts';

/**
 * Goes through the page behind a private link as a browser does: begins, reads the secret, types the first code. `server` is where the
 * page is really served, `cookie` the browser chat's session for links that were given out there.
 */
export async function setUpTelephone(server: string, link: string, cookie: string | null = null): Promise<Telephone> {
  const { pathname } = new URL(link);
  const post = async (fields: Readonly<Record<string, string>>, cookies: readonly string[]) => {
    const answer = await fetch(server + pathname, {
      method: 'POST',
      headers: { origin: server, cookie: cookies.join('; ') },
      body: new URLSearchParams(fields),
    });
    const page = await answer.text();
    if (!answer.ok) throw new Error(`the page says: ${page}`);
    return { page, kept: answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '') };
  };
  const signedIn = cookie === null ? [] : [cookie];
  const { page, kept } = await post({ step: 'begin-totp' }, signedIn);
  const secret = /<code class="secret">([^<]+)<\/code>/.exec(page)?.[1]?.replaceAll(' ', '');
  if (secret === undefined) throw new Error('the page shows no secret');
  const telephone = new Telephone(secret);
  await post({ step: 'finish-totp', code: await telephone.code() }, [...signedIn, ...kept]);
  return telephone;
}
