import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setUpTelephone } from '../../support/second-factor/set-up-telephone.ts';
import type { Telephone } from '../../support/second-factor/telephone.ts';
import { Product, VERSIONS } from '../main-job/product.ts';
import { DiscordTalker } from './discord-talker.ts';
import { SlackTalker } from './slack-talker.ts';
import type { FormTalker, OpenedForm, Standing } from './talker.ts';
import { WebTalker } from './web-talker.ts';

/**
 * Approvals as people on three platforms go through them, on the real engine: every command, click and form is a request as the platform
 * signs it, every card and direct message is what the platform stored.
 */
const { first, second } = VERSIONS;

/** Production and `eu` both want an owner and somebody from security; `eu` never comes to run. */
const protectedBy = { approvals: [{ from: 'owner' }, { from: 'security' }] };

let product: Product;
let slack: { ada: SlackTalker; grace: SlackTalker; linus: SlackTalker; olga: SlackTalker };
let discord: { ada: DiscordTalker; grace: DiscordTalker; sam: DiscordTalker };
let web: { ada: WebTalker; olga: WebTalker };
let telephones: Readonly<Record<'ada' | 'linus' | 'olga' | 'sam', Telephone>>;

beforeAll(async () => {
  const [atSlack, atDiscord] = await Promise.all([SlackTalker.open(['grace', 'linus', 'olga']), DiscordTalker.open()]);
  const [grace, linus, olga] = await Promise.all([atSlack.colleague('grace'), atSlack.colleague('linus'), atSlack.colleague('olga')]);
  slack = { ada: atSlack, grace, linus, olga };
  discord = { ada: atDiscord, grace: atDiscord.colleague('grace_h'), sam: atDiscord.colleague('sam') };
  product = await Product.open({
    environment: { ...atSlack.environment, ...atDiscord.environment },
    compose: join(import.meta.dirname, 'one-service.yaml'),
    workspace,
  });
  for (const talker of [...Object.values(slack), ...Object.values(discord)]) talker.reach(product.url);
  telephones = {
    ada: await telephoneOf(slack.ada),
    linus: await telephoneOf(slack.linus),
    olga: await telephoneOf(slack.olga),
    sam: await telephoneOf(discord.sam),
  };
  // Afterwards: a new factor ends the sessions that its person had.
  const [adasWeb, olgasWeb] = await Promise.all([WebTalker.open(product.url, 'ada'), WebTalker.open(product.url, 'olga')]);
  web = { ada: adasWeb, olga: olgasWeb };
});
afterAll(async () => {
  for (const talker of Object.values(web ?? {})) await talker.leave();
  await product?.close();
  await slack?.ada.leave();
  await discord?.ada.leave();
});

function workspace(app: string): object {
  const channel = ['deploys', slack.ada.place, discord.ada.place];
  return {
    workspace: 'Harbour',
    development: true,
    people: {
      ada: { name: 'Ada', identities: { slack: slack.ada.account, discord: discord.ada.account } },
      grace: { name: 'Grace', identities: { slack: slack.grace.account } },
      linus: { name: 'Linus', identities: { slack: slack.linus.account } },
      olga: { name: 'Olga', identities: { slack: slack.olga.account } },
      sam: { name: 'Sam', identities: { discord: discord.sam.account } },
    },
    groups: { security: ['linus', 'sam'] },
    environments: { production: protectedBy, eu: { protected: true, ...protectedBy } },
    channels: { deploys: null },
    apps: {
      [app]: {
        compose: 'compose.yaml',
        environments: { production: { channel }, eu: { channel } },
        // Grace could approve what others ask for.
        roles: { owner: ['ada', 'grace'], incident: 'olga' },
      },
    },
  };
}

/** By the link that `/mfa add` gives to them alone. */
async function telephoneOf(talker: FormTalker): Promise<Telephone> {
  await talker.say('/mfa add');
  const answer = await eventually(
    async () => (await talker.answers()).find(({ links }) => links.length > 0),
    (found) => expect(found).toBeDefined(),
  );
  return setUpTelephone(product.url, answer?.links[0] ?? '', { typeNumber: (number) => talker.say(`/mfa confirm ${number}`) });
}

function eventually<T>(look: () => Promise<T>, check: (found: T) => void): Promise<T> {
  return vi.waitFor(
    async () => {
      const found = await look();
      check(found);
      return found;
    },
    { timeout: 60_000, interval: 200 },
  );
}

/** The newest message with this heading, once it reads as it should. */
async function reads(look: () => Promise<readonly Standing[]>, title: string, ...words: readonly (string | RegExp)[]): Promise<Standing> {
  const found = await eventually(
    async () => (await look()).findLast(({ text }) => text.includes(title)),
    (message) => {
      expect(message, `a message about ${title}`).toBeDefined();
      for (const word of words) expect(message?.text).toMatch(word);
    },
  );
  if (found === undefined) throw new Error(`no message about ${title}`);
  return found;
}

/** Every card in a channel: Slack, Discord, browser. */
const channels = () => [slack.ada, discord.ada, web.ada].map((talker) => () => talker.cards());
/** What approvers were told alone, wherever they have an account. */
const approvers = () => [slack.ada, slack.linus, discord.ada, discord.sam, web.ada].map((talker) => () => talker.direct());

async function everyCardReads(title: string, ...words: readonly (string | RegExp)[]): Promise<void> {
  for (const look of channels()) await reads(look, title, ...words);
}

async function form(talker: FormTalker, message: Standing, label: string): Promise<OpenedForm> {
  const opened = await talker.open(message, label);
  if (opened === null) throw new Error(`no form: ${(await talker.privately()).join('\n')}`);
  return opened;
}

/** Not just yet, but as the latest answer. */
const told = (talker: FormTalker, words: string | RegExp) =>
  eventually(
    async () => (await talker.privately()).join('\n'),
    (text) => expect(text).toMatch(words),
  );

describe('a deployment to production', () => {
  const approveFirst = `Approve ${first}…`;
  let codeOfAda = '';

  it('is asked for on Slack, stands in every channel, and is brought to everybody who may decide', async () => {
    await slack.grace.say(`/deploy ${product.app} production ${first} --reason "the new checkout"`);
    const title = product.title(first, 'production');
    for (const look of [...channels(), ...approvers()]) {
      const message = await reads(look, title, '0 of 2', 'the new checkout', 'Grace', /1 more of owner: Ada/, /1 more of security: Linus/);
      expect(message.buttons).toEqual(expect.arrayContaining([approveFirst, 'Reject…', 'Ask…', 'View plan']));
    }
    // Whoever asks decides about nothing, and is told nothing extra: as an owner she heard of the first factors, each with a way to take it away.
    const heard = await slack.grace.direct();
    expect(heard.map(({ text }) => text.split('\n')[0])).toEqual(
      ['Ada', 'Linus', 'Olga', 'Sam'].map((name) => `${name} set up their first second factor: Authenticator app`),
    );
    expect(new Set(heard.flatMap(({ buttons }) => buttons))).toEqual(new Set(['Not expected? Reset…']));
  });

  it('is not approved by who asked for it under an account on another platform', async () => {
    await slack.grace.say('/link');
    const answer = await told(slack.grace, /[A-Z2-9]{5}-[A-Z2-9]{5}/);
    await discord.grace.say(`/link ${/[A-Z2-9]{5}-[A-Z2-9]{5}/.exec(answer)?.[0] ?? ''}`);
    await told(discord.grace, 'Grace');
    const card = await reads(() => discord.grace.cards(), product.title(first, 'production'));
    expect(await discord.grace.open(card, approveFirst)).toBeNull();
    await told(discord.grace, 'You asked for this, so somebody else has to approve it.');
    await everyCardReads(product.title(first, 'production'), '0 of 2');
  });

  it('takes the owner’s yes on Discord, and a code that was typed once for nothing else', async () => {
    await slack.grace.say(`/deploy ${product.app} eu ${first}`);
    const other = await reads(() => slack.ada.direct(), product.title(first, 'eu'), '0 of 2');
    const message = await reads(() => discord.ada.direct(), product.title(first, 'production'));
    const approve = await form(discord.ada, message, approveFirst);
    expect(approve.fields).toEqual(['Code (empty: confirm with a passkey)', 'Comment']);
    const again = await form(slack.ada, other, approveFirst);
    codeOfAda = await telephones.ada.code(35_000);
    await approve.send({ code: codeOfAda, reason: 'looks good' });
    await again.send({ code: codeOfAda });
    await told(slack.ada, 'That code was used already.');
    await everyCardReads(product.title(first, 'production'), '1 of 2', /Ada approved \(code\): looks good\./, /1 more of security/);
    await everyCardReads(product.title(first, 'eu'), '0 of 2');
  });

  it('counts no wrong code, and locks the factor after five of them', async () => {
    const title = product.title(first, 'eu');
    const message = await reads(() => discord.sam.direct(), title);
    const send = async (code: string) => (await form(discord.sam, message, approveFirst)).send({ code });
    for (const left of ['4 tries are', '3 tries are', '2 tries are', 'One try is']) {
      await send(telephones.sam.wrongCode());
      await told(discord.sam, `That code is wrong. ${left} left.`);
    }
    await send(telephones.sam.wrongCode());
    await told(discord.sam, /After 5 wrong codes your second factor is locked until/);
    await reads(() => discord.sam.direct(), 'Your second factor is locked', '5 wrong codes in a row', /tell an admin/);
    const before = (await discord.sam.privately()).length;
    await send(await telephones.sam.code());
    await eventually(
      async () => (await discord.sam.privately()).slice(before).join('\n'),
      (text) => expect(text).toContain('is locked until'),
    );
    await everyCardReads(title, '0 of 2', /1 more of security: Linus and Sam/);
    for (const platform of [slack.ada, discord.ada, web.ada]) {
      expect((await platform.cards()).map(({ text }) => text).join('\n')).not.toContain('wrong');
    }
  });

  it('runs when security agrees on Slack, and then says everywhere who approved it with what, and asks nobody any more', async () => {
    const title = product.title(first, 'production');
    const approve = await form(slack.linus, await reads(() => slack.linus.direct(), title), approveFirst);
    await approve.send({ code: await telephones.linus.code() });
    await everyCardReads(title, `production runs ${first}.`);
    expect(await product.running('production')).toEqual([first]);
    for (const look of [...channels(), ...approvers()]) {
      const message = await reads(look, title, /Ada approved \(code\): looks good\./, /Linus approved \(code\)/);
      expect(message.text).not.toContain('more of');
      expect(message.buttons.filter((label) => /approve|reject|ask/i.test(label))).toEqual([]);
    }
    for (const look of [...channels(), ...approvers()]) {
      const messages = await look();
      for (const { text } of messages) expect(text).not.toContain(codeOfAda);
      // The copy that was decided on is the answer, too: nothing comes beside it.
      expect(messages.filter(({ text }) => text.includes(title))).toHaveLength(1);
    }
  });

  it('is rejected on Slack with a reason that everybody sees', async () => {
    const title = product.title(first, 'eu');
    const reject = await form(slack.linus, await reads(() => slack.linus.direct(), title), 'Reject…');
    await reject.send({ reason: 'the migration is not reversible' });
    for (const look of [...channels(), ...approvers()]) {
      const message = await reads(look, title, /Rejected by Linus: the migration is not reversible\./);
      expect(message.buttons.filter((label) => /approve|reject|ask/i.test(label))).toEqual([]);
    }
  });
});

describe('an incident', () => {
  it('is met by breaking the glass in the browser, flagged on every card, and signed off by somebody else on Slack', async () => {
    const title = product.title(second, 'production');
    const broken = await web.olga.command(`/break-glass ${product.app} production ${second} "checkout is down"`);
    await broken?.send({ reason: 'checkout is down', code: await telephones.olga.code() });
    const flag = /Olga broke the glass, past approvals and locks: checkout is down\./;
    await everyCardReads(title, flag, 'Nobody has looked at it yet.', `production runs ${second}.`);
    expect(await product.running('production')).toEqual([second]);

    const own = await form(web.olga, await reads(() => web.olga.cards(), title), 'Sign off…');
    await own.send({ reason: 'fine' });
    await told(web.olga, 'You broke it, so somebody else has to look at it.');
    await slack.ada.say('/reviews');
    const review = await reads(() => slack.ada.answers(), 'Went past their approvals', 'checkout is down', 'Olga');
    const signOff = await form(slack.ada, review, `Sign off ${product.app} production…`);
    await signOff.send({ reason: 'a proxy had failed' });
    await everyCardReads(title, flag, /Looked at by Ada: a proxy had failed\./);
    for (const look of channels()) expect((await reads(look, title)).buttons).not.toContain('Sign off…');
  });

  it('lets whoever is on call go back to the last good revision at once; others ask, and what they asked for is over then', async () => {
    const title = `${product.title(first, 'production')} (rollback)`;
    await slack.grace.say(`/rollback ${product.app} production --yes`);
    for (const look of channels()) await reads(look, title, '0 of 2', 'Grace');
    expect(await product.running('production')).toEqual([second]);

    await slack.olga.say(`/rollback ${product.app} production --yes`);
    const gone = async (look: () => Promise<readonly Standing[]>) =>
      eventually(look, (messages) => {
        const mine = messages.filter(({ text }) => text.includes(title));
        expect(mine.map(({ text }) => text).filter((text) => /production runs/.test(text) && text.includes('Olga'))).toHaveLength(1);
        const asked = mine.find(({ text }) => text.includes('Grace'));
        expect(asked?.text).toContain('Cancelled by Olga');
        expect(asked?.buttons.filter((label) => /approve/i.test(label))).toEqual([]);
      });
    for (const look of channels()) await gone(look);
    expect(await product.running('production')).toEqual([first]);
  });
});
