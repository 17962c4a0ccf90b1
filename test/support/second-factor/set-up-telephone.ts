import { setTimeout as sleep } from 'node:timers/promises';
import { Telephone } from './telephone.ts';

/** How somebody who goes to the page shows who they are: signed in to the browser chat there, or by typing its number in their own chat. */
type Shows = { readonly cookie: string } | { readonly typeNumber: (number: string) => Promise<void> };

/**
 * Goes through the page behind a private link as a browser does: begins, reads the secret, types the first code. `server` is where the
 * page is really served.
 */
export async function setUpTelephone(server: string, link: string, shows: Shows): Promise<Telephone> {
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
  const own = 'cookie' in shows ? [shows.cookie] : await claim(server + pathname, shows.typeNumber);
  const { page, kept } = await post({ step: 'begin-totp' }, own);
  const secret = /<code class="secret">([^<]+)<\/code>/.exec(page)?.[1]?.replaceAll(' ', '');
  if (secret === undefined) throw new Error('the page shows no secret');
  const telephone = new Telephone(secret);
  await post({ step: 'finish-totp', code: await telephone.code() }, [...own, ...kept]);
  return telephone;
}

/** The browser's cookie, once the page has gone on because its number was typed. */
async function claim(page: string, typeNumber: (number: string) => Promise<void>): Promise<readonly string[]> {
  const { origin } = new URL(page);
  const claimed = await fetch(page, {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({ step: 'claim' }),
    redirect: 'manual',
  });
  const cookies = claimed.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
  const look = async () => (await fetch(page, { headers: { cookie: cookies.join('; ') } })).text();
  const number = /<p class="number">(\d{3} \d{3})<\/p>/.exec(await look())?.[1];
  if (number === undefined) throw new Error('the page shows no number');
  await typeNumber(number);
  for (let tries = 0; !(await look()).includes('begin-totp'); tries += 1) {
    if (tries > 200) throw new Error('the page does not go on');
    await sleep(100);
  }
  return cookies;
}
