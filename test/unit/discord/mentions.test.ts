import { afterEach, beforeEach, expect, it } from 'vitest';
import { handleMention } from '../../../adapters/discord/mentions.ts';
import { createRest } from '../../../adapters/discord/rest.ts';
import { createFakeIntake } from '../../support/discord/fake-intake.ts';
import { type DiscordPeer, startDiscordPeer } from '../../support/discord/peer.ts';
import { textsOf } from '../../support/discord/peer-state.ts';
import { recordingLogger } from '../../support/discord/scenario.ts';

let peer: DiscordPeer;
beforeEach(async () => {
  peer = await startDiscordPeer({ limits: { perRoute: 50, globalPerSecond: 500 } });
});
afterEach(() => peer.close());

it('does not begin what a form would have to show: a token would be made that nobody saw', async () => {
  const intake = createFakeIntake();
  intake.forms = true;
  const written = {
    id: '200000000000000001',
    channel_id: peer.channel.id,
    content: '',
    author: { id: '200000000000000002', username: 'ada' },
  };
  const rest = createRest({ token: peer.state.token, apiUrl: peer.apiUrl, timeoutMs: 400 });
  await handleMention(written, 'token create ci --app shop --environment staging', {
    intake,
    rest,
    trustedGuilds: null,
    logger: recordingLogger(),
  });
  expect(intake.effects).toEqual([]);
  expect(peer.channel.messages.map((message) => textsOf(message)[0])).toEqual([
    'Discord opens a form only for a command of its own: type /token.',
  ]);
});
