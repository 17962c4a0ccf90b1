import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Product, VERSIONS } from '../main-job/product.ts';
import { DiscordTalker } from './discord-talker.ts';
import { SlackTalker } from './slack-talker.ts';
import type { Shown, Talker } from './talker.ts';
import { TerminalTalker } from './terminal-talker.ts';
import { WebTalker } from './web-talker.ts';

/** One Shipmate with every platform connected, on the real engine; the same conversation on each, with the same outcome. */
const { first, second, broken } = VERSIONS;

let slack: SlackTalker;
let discord: DiscordTalker;
let product: Product;
const talkers = new Map<string, Talker>();

beforeAll(async () => {
  [slack, discord] = await Promise.all([SlackTalker.open(), DiscordTalker.open()]);
  product = await Product.open({
    environment: { ...slack.environment, ...discord.environment },
    accounts: { slack: slack.account, discord: discord.account },
  });
  slack.reach(product.url);
  discord.reach(product.url);
  for (const talker of [slack, discord, await WebTalker.open(product.url), await TerminalTalker.open(product)]) {
    talkers.set(talker.platform, talker);
  }
});
afterAll(async () => {
  // The platforms' own side stays until nobody writes there any more.
  for (const platform of ['web', 'terminal']) await talkers.get(platform)?.leave();
  await product?.close();
  for (const talker of [slack, discord]) await talker?.leave();
});

function eventually<T>(look: () => Promise<T>, check: (found: T) => void): Promise<T> {
  return vi.waitFor(
    async () => {
      const found = await look();
      check(found);
      return found;
    },
    { timeout: 90_000, interval: 100 },
  );
}

/** The newest card with this heading, when it reads as it should. */
function card(talker: Talker, title: string, ...words: readonly string[]): Promise<Shown> {
  return eventually(
    async () =>
      (await talker.channel()).findLast(({ text }) => text.includes(title)) ?? { id: '', text: 'no card', buttons: [], links: [] },
    ({ text }) => {
      for (const word of words) expect(text).toContain(word);
    },
  );
}

const told = (talker: Talker, words: string) =>
  eventually(
    async () => (await talker.privately()).join('\n'),
    (text) => expect(text).toContain(words),
  );

describe.each(['web', 'terminal', 'slack', 'discord'])('a conversation on %s', (platform) => {
  const talker = (): Talker => {
    const found = talkers.get(platform);
    if (found === undefined) throw new Error(`nobody talks on ${platform}`);
    return found;
  };

  it('deploys, takes a failure back, and rolls back by button', async () => {
    await talker().say(`/deploy ${product.app} staging ${first}`);
    await card(talker(), product.title(first), '✅ Deployed', `staging runs ${first}.`);
    expect(await product.running()).toEqual([first]);

    await talker().say(`/deploy ${product.app} staging ${second} --reason checkout`);
    const deployed = await card(talker(), product.title(second), `staging runs ${second}.`, 'checkout', 'Ada');
    await eventually(
      () => talker().thread(deployed),
      (text) => expect(text).toContain('running tasks are the planned digests'),
    );

    const failures = async () => (await talker().channel()).filter(({ text }) => text.includes(product.title(broken))).length;
    const before = await failures();
    await talker().say(`/deploy ${product.app} staging ${broken}`);
    const failed = await card(talker(), product.title(broken), `${broken} failed and was taken back. staging runs ${second} again.`);
    await eventually(
      () => talker().thread(failed),
      (text) => expect(text).toContain('boom: this version cannot start'),
    );
    expect(await product.running()).toEqual([second]);

    const label = `Roll back to ${first}`;
    const back = await eventually(
      async () =>
        (await talker().channel()).findLast(({ text, buttons }) => text.includes(product.title(second)) && buttons.includes(label)),
      (found) => expect(found).toBeDefined(),
    );
    if (back === undefined) throw new Error('no way back');
    await talker().press(back, label);
    await card(talker(), `${product.title(first)} (rollback)`, `staging runs ${first}.`);
    expect(await product.running()).toEqual([first]);

    expect((await failures()) - before, 'one message for one deployment').toBe(1);
  });

  it('keeps errors private, with what to type instead, and answers in public what is for all', async () => {
    const before = (await talker().channel()).length;
    await talker().say(`/deploy ${product.app} stagin ${first}`);
    await told(talker(), `Did you mean staging? Type: /deploy ${product.app} staging ${first}`);
    expect(await talker().channel()).toHaveLength(before);

    await talker().say(`/subscribe ${product.app} staging failures`);
    await card(talker(), `follows ${product.app} staging: failures`);
    await talker().say('/subscriptions');
    await told(talker(), 'failures');
    await talker().say('/whoami');
    await told(talker(), 'ada');
  });
});

describe('a deployment that was asked for on one platform', () => {
  it('is the same card on the others that follow the app, to its end', async () => {
    for (const platform of ['slack', 'discord']) {
      await talkers.get(platform)?.say(`/subscribe ${product.app}`);
    }
    const channels = async () => Promise.all(['slack', 'discord', 'web'].map((platform) => talkers.get(platform)?.channel() ?? []));
    await eventually(channels, (all) => {
      for (const messages of all.slice(0, 2)) expect(messages.some(({ text }) => text.includes(`follows ${product.app}: all`))).toBe(true);
    });
    await slack.say(`/deploy ${product.app} staging ${second} --reason everywhere`);
    for (const platform of ['slack', 'discord', 'web']) {
      const talker = talkers.get(platform);
      if (talker !== undefined) await card(talker, product.title(second), `staging runs ${second}.`, 'everywhere');
    }
  });
});
