import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { renderSelect } from '../../../adapters/slack/render-select.ts';
import type { Form, Message } from '../../../src/chat/message.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { FakeClock } from '../../support/builders-parts.ts';
import { FakeIntake } from '../../support/slack/fake-intake.ts';
import type { Fault } from '../../support/slack/faults.ts';
import {
  chosen,
  click,
  command,
  event,
  mention,
  type OpenedView,
  send,
  shortcut,
  signedEvent,
  signedForm,
  signedInteraction,
  submission,
  suggestion,
  typed,
} from '../../support/slack/sender.ts';
import { type ServedSlack, serveSlack } from '../../support/slack/serve-slack.ts';
import { ADMIN, CHANNEL, SlackPeer, TEAM } from '../../support/slack/slack-peer.ts';

let peer: SlackPeer;
let served: ServedSlack;
let intake: FakeIntake;
let homePage: Message = { summary: 'Home', tone: 'neutral', elements: [{ type: 'text', text: 'Nothing waits for you.', style: 'normal' }] };

beforeAll(async () => {
  peer = await SlackPeer.start({
    groups: [
      { id: 'S1', users: [ADMIN] },
      { id: 'S2', users: ['U999'] },
    ],
  });
});
afterAll(() => peer.stop());

beforeEach(async () => {
  intake = new FakeIntake();
  served = await serveSlack(
    {
      apiUrl: peer.apiUrl,
      pages: {
        home: async () => homePage,
        deployment: async (id, account) =>
          id === 'd1' && account.id === `${TEAM}/${ADMIN}`
            ? { summary: 'shop', tone: 'success', elements: [{ type: 'header', text: 'shop 1.2.3' }] }
            : null,
      },
    },
    intake,
  );
});
afterEach(async () => {
  await served.close();
  peer.fault = () => null;
  peer.latencyMs = 0;
  expect(peer.problems).toEqual([]);
  expect(peer.responses.problems).toEqual([]);
});

const FORM: Form = {
  action: 'deploy:form',
  title: 'Deploy something to some environment',
  submit: 'Deploy',
  fields: [
    { type: 'select', name: 'app', label: 'App', options: [{ value: 'shop', label: 'shop' }], initial: null, optional: false },
    {
      type: 'input',
      name: 'version',
      label: 'Version',
      placeholder: 'Which one?',
      initial: null,
      optional: true,
      multiline: false,
      completes: '/deploy {app} ',
    },
    { type: 'select', name: 'region', label: 'Region', options: [], initial: null, optional: true },
    { type: 'input', name: 'reason', label: 'Reason', placeholder: 'Why now?', initial: 'because', optional: true, multiline: true },
  ],
};

describe('what comes in', () => {
  test('a slash command, with who typed it, where, and how to answer', async () => {
    const fields = command('/deploy shop staging 1.2.3');
    expect(await send(served, signedForm(fields))).toEqual({ status: 200, body: '' });
    expect(intake.kept).toEqual([
      {
        platform: 'slack',
        deliveryId: `command:${fields['trigger_id']}`,
        channel: `${TEAM}/${CHANNEL}`,
        account: { id: `${TEAM}/${ADMIN}`, name: 'ana', groups: ['slack-group:S1'] },
        what: { kind: 'command', text: '/deploy shop staging 1.2.3' },
        handle: { responseUrl: fields['response_url'], threadTs: null },
      },
    ]);
  });

  test('the umbrella command', async () => {
    await send(served, signedForm(command('/shipmate deploy shop staging')));
    expect(intake.kept[0]?.what).toEqual({ kind: 'command', text: '/shipmate deploy shop staging' });
  });

  test.each([
    ['<@U0SHIPMATE> deploy shop staging', 'deploy shop staging'],
    [' <@U0SHIPMATE|shipmate>, deploy shop staging\nand thanks!', 'deploy shop staging'],
    ['<@U0SHIPMATE>: status shop', 'status shop'],
    ['<@U0SHIPMATE> deploy shop staging --reason "a &lt;b&gt; &amp; c"', 'deploy shop staging --reason "a <b> & c"'],
    [
      '<@U0SHIPMATE> apps <http://shop.example|shop.example> <https://x.example> in <#C1|ops> for <@U2>',
      'apps shop.example https://x.example in #ops for <@U2>',
    ],
    ['<@U0SHIPMATE>', 'help'],
  ])('a mention: %s', async (text, expected) => {
    await send(served, signedEvent(mention(text)));
    expect(intake.kept[0]?.what).toEqual({ kind: 'command', text: expected });
    expect(intake.kept[0]).toMatchObject({
      account: { id: `${TEAM}/${ADMIN}`, name: 'admin', groups: ['slack-group:S1'] },
      channel: `${TEAM}/${CHANNEL}`,
    });
  });

  test('a mention in the middle of a sentence is talk about us, and not to us', async () => {
    const { status } = await send(served, signedEvent(mention('never type <@U0SHIPMATE> deploy shop production')));
    expect(status).toBe(200);
    expect(intake.kept).toEqual([]);
  });

  test('a mention in a thread is answered there', async () => {
    await send(served, signedEvent(mention('<@U0SHIPMATE> help', { thread_ts: '1699999999.000100' })));
    expect(intake.kept[0]?.handle).toEqual({ responseUrl: null, threadTs: '1699999999.000100' });
  });

  test('a direct message, without any mention', async () => {
    await send(
      served,
      signedEvent(event({ type: 'message', channel_type: 'im', channel: 'D123', user: ADMIN, text: 'status shop', ts: '1.1' })),
    );
    expect(intake.kept).toMatchObject([{ channel: `${TEAM}/${ADMIN}`, what: { text: 'status shop' } }]);
  });

  test.each([
    ['a mention', () => mention('<@U0SHIPMATE> token create ci --app shop --environment staging'), 'chat.postEphemeral'],
    [
      'a direct message',
      () =>
        event({
          type: 'message',
          channel_type: 'im',
          channel: 'D123',
          user: ADMIN,
          text: 'shipmate token create ci --app shop',
          ts: '1.1',
        }),
      'chat.postMessage',
    ],
  ])(
    '%s that only a form could answer begins nothing and is told how to ask: a token would be made that nobody saw',
    async (_, written, method) => {
      intake.forms = true;
      expect((await send(served, signedEvent(written()))).status).toBe(200);
      await vi.waitFor(() =>
        expect(peer.calls.filter((call) => call.method === method).at(-1)?.body['text']).toMatch(/Nothing was done.* \/token …$/),
      );
      expect(JSON.stringify(peer.calls.at(-1)?.body)).not.toContain('--app');
      expect(intake.asked).toBe(0);
    },
  );

  test.each<[string, Record<string, unknown>]>([
    ['our own', { bot_id: 'B0SHIPMATE', user: 'U0SHIPMATE' }],
    ['another bot’s', { bot_id: 'B1' }],
    ['a bot’s without a person', { user: undefined, subtype: 'bot_message' }],
    ['Slackbot’s', { user: 'USLACKBOT' }],
    ['an edited one, which would run twice', { edited: { user: ADMIN, ts: '1.2' } }],
    ['a joining', { subtype: 'channel_join' }],
  ])('but no message that is %s', async (_, changes) => {
    expect((await send(served, signedEvent(mention('<@U0SHIPMATE> deploy shop staging', changes)))).status).toBe(200);
    expect(
      (
        await send(
          served,
          signedEvent(event({ type: 'message', channel_type: 'im', channel: 'D1', user: ADMIN, text: 'deploy', ts: '1.1', ...changes })),
        )
      ).status,
    ).toBe(200);
    expect(intake.asked).toBe(0);
  });

  test('a click, named by the button’s value and not by its place', async () => {
    await send(served, signedInteraction(click('roll-back:d1')));
    expect(intake.kept).toMatchObject([
      {
        deliveryId: `click:1700000000.000100:${ADMIN}:roll-back:d1:1700000001.000200`,
        channel: `${TEAM}/${CHANNEL}`,
        what: { kind: 'action', action: 'roll-back:d1', values: {} },
      },
    ]);
    await send(served, signedInteraction(click('roll-back:d1')));
    expect(intake.kept).toHaveLength(1);
    await send(served, signedInteraction(click('roll-back:d1', { user: { id: 'U2', username: 'ben', team_id: TEAM } })));
    expect(intake.kept, 'another person’s click is another one').toHaveLength(2);
  });

  test('a click on the home page is answered in a direct message', async () => {
    const { channel: _, message: __, response_url: ___, ...home } = click('approve:d1');
    await send(served, signedInteraction({ ...home, container: { type: 'view', view_id: 'V1' } }));
    expect(intake.kept).toMatchObject([{ channel: `${TEAM}/${ADMIN}`, deliveryId: expect.stringContaining('click:V1:') }]);
  });

  test('a guest from another workspace is an account of that one, and in no group of ours', async () => {
    await send(served, signedInteraction(click('roll-back:d1', { user: { id: ADMIN, username: 'eve', team_id: 'T999' } })));
    expect(intake.kept[0]?.account).toEqual({ id: `T999/${ADMIN}`, name: 'eve', groups: [] });
  });

  test('nothing from a workspace that Shipmate is not in', async () => {
    await served.slack.start();
    expect(await send(served, signedForm(command('/deploy shop staging', { team_id: 'T999' })))).toEqual({ status: 200, body: '' });
    const elsewhere = event(
      { type: 'app_mention', user: 'U1', text: 'deploy', channel: 'C1' },
      { team_id: 'T999', authorizations: [{ team_id: 'T999', user_id: 'U2' }] },
    );
    expect((await send(served, signedEvent(elsewhere))).status).toBe(200);
    expect(intake.asked).toBe(0);
  });

  test('whose token it is is found out later when Slack was away at the start', async () => {
    peer.fault = (call) => (call.method === 'auth.test' ? { kind: 'status', status: 503 } : null);
    let now = Date.now();
    const clock = { now: () => now, sleep: () => new Promise<void>(() => {}) };
    const late = await serveSlack({ apiUrl: peer.apiUrl, clock }, intake);
    await late.slack.start();
    peer.fault = () => null;
    const asked = peer.callsOf('auth.test').length;
    await send(late, signedForm(command('/help')));
    expect(peer.callsOf('auth.test')).toHaveLength(asked);
    now += 61_000;
    await send(late, signedForm(command('/help')));
    await expect.poll(() => peer.callsOf('auth.test').length).toBe(asked + 1);
    await late.close();
    expect(intake.kept).toHaveLength(2);
  });

  test('an interaction of a kind that nobody listens for is acknowledged', async () => {
    expect(
      (
        await send(
          served,
          signedInteraction({ ...click('x:1'), actions: [{ ...(click('x:1')['actions'] as object[])[0], action_id: 'foreign' }] }),
        )
      ).status,
    ).toBe(200);
    expect(intake.asked).toBe(0);
  });
});

describe('acknowledging', () => {
  test.each<[string, () => Parameters<typeof send>[1]]>([
    ['a command', () => signedForm(command('/deploy shop staging'))],
    ['a mention', () => signedEvent(mention('<@U0SHIPMATE> help'))],
    ['a click', () => signedInteraction(click('roll-back:d1'))],
    ['a shortcut', () => signedInteraction(shortcut('shortcut', 'shipmate-deploy'))],
  ])('%s is acknowledged once it is kept and not before', async (_, request) => {
    const gate = Promise.withResolvers<void>();
    intake.hold = gate.promise;
    let isAnswered = false;
    const answer = send(served, request()).then((answered) => {
      isAnswered = true;
      return answered;
    });
    await expect.poll(() => intake.asked).toBe(1);
    // A turn through the network and back, in which a premature answer would have arrived.
    await fetch(`${served.url}/nothing`);
    expect(isAnswered).toBe(false);
    gate.resolve();
    expect((await answer).status).toBe(200);
  });

  test('when it cannot be kept, the person who typed the command is told', async () => {
    intake.unavailable = 'Shipmate cannot reach its database <now>. Nothing was done; please try again.';
    const { status, body } = await send(served, signedForm(command('/deploy shop staging')));
    expect(status).toBe(200);
    expect(body).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('database &lt;now&gt;') });
  });

  test('when it cannot be kept, a mention is not acknowledged, so that Slack brings it again', async () => {
    intake.unavailable = 'later';
    const body = mention('<@U0SHIPMATE> help');
    expect((await send(served, signedEvent(body))).status).toBe(503);
    intake.unavailable = null;
    expect((await send(served, signedEvent(body, { num: 1, reason: 'http_error' }))).status).toBe(200);
    expect(intake.kept).toHaveLength(1);
  });

  test('a choice in a menu comes as its action, with the value that was chosen', async () => {
    const [menu] = renderSelect({
      type: 'select',
      action: 'rollback-pick:shop.staging',
      placeholder: 'Another version…',
      options: [{ value: '3', label: '1.0.0' }],
      number: 1,
    });
    const [{ action_id: id = '' } = {}] = (menu as { elements: { action_id?: string }[] }).elements;
    const actions = [{ ...(chosen('3') as object), action_id: id, block_id: 'x', action_ts: '1700000001.000200' }];
    await send(served, signedInteraction(click('', { actions })));
    await send(served, signedInteraction(click('', { actions: [{ ...actions[0], action_id: 'shipmate-1' }] })));
    expect(intake.kept.map(({ what }) => what)).toEqual([
      { kind: 'action', action: 'rollback-pick:shop.staging', values: { choice: '3' } },
    ]);
  });

  test('when it cannot be kept, who pressed a button sees why', async () => {
    intake.unavailable = 'Shipmate cannot reach its database.';
    await send(served, signedInteraction(click('roll-back:d1', { trigger_id: await peer.triggerId() })));
    await expect.poll(() => lastView()?.['blocks']).toMatchObject([{ text: { text: 'Shipmate cannot reach its database.' } }]);
  });

  test.each<[string, Fault]>([
    ['is silent', { kind: 'silence' }],
    ['fails', { kind: 'status', status: 500 }],
  ])('when Slack’s own API %s, one command waits for it and the next do not: groups are none then', async (_, fault) => {
    peer.fault = () => fault;
    const before = peer.callsOf('usergroups.list').length;
    const startedAt = Date.now();
    for (let index = 0; index < 10; index++) await send(served, signedForm(command('/deploy shop staging')));
    // One waits until the request fails, and the others not at all.
    expect(Date.now() - startedAt).toBeLessThan(2200);
    expect(intake.kept).toHaveLength(10);
    expect(new Set(intake.kept.flatMap(({ account }) => account.groups))).toEqual(new Set());
    expect(peer.callsOf('usergroups.list').length - before).toBe(1);
  });

  test('whoever types while the groups are read for the first time is a member all the same, when Slack takes a second', async () => {
    peer.latencyMs = 1100;
    const patient = await serveSlack({ apiUrl: peer.apiUrl, timeoutMs: 10_000 }, intake);
    const both = [command('/deploy shop staging'), command('/status')].map((typed) => signedForm({ ...typed, user_id: ADMIN }));
    const startedAt = Date.now();
    await Promise.all(both.map((request) => send(patient, request)));
    expect(Date.now() - startedAt).toBeLessThan(2000);
    await patient.close();
    expect(intake.kept.map(({ account }) => account.groups)).toEqual([['slack-group:S1'], ['slack-group:S1']]);
    // What that took is taken from the time for the database.
    expect(intake.waitedMs.every((ms) => ms > 1000 && ms < 1600)).toBe(true);
  });

  test('nobody waits longer than Slack does when the groups take long, and nobody is a member meanwhile', async () => {
    peer.latencyMs = 2500;
    const patient = await serveSlack({ apiUrl: peer.apiUrl, timeoutMs: 10_000 }, intake);
    const startedAt = Date.now();
    await send(patient, signedForm({ ...command('/deploy shop staging'), user_id: ADMIN }));
    expect(Date.now() - startedAt).toBeLessThan(2000);
    await patient.close();
    expect(intake.kept[0]?.account.groups).toEqual([]);
  });

  test('groups are read at the start, so that the first command waits for nothing, even when Slack is silent by then', async () => {
    const before = peer.callsOf('usergroups.list').length;
    await served.slack.start();
    expect(peer.callsOf('usergroups.list')).toHaveLength(before + 1);
    peer.fault = () => ({ kind: 'silence' });
    const startedAt = Date.now();
    await send(served, signedForm({ ...command('/deploy shop staging'), user_id: ADMIN }));
    expect(Date.now() - startedAt).toBeLessThan(500);
    expect(intake.kept[0]?.account.groups).toEqual(['slack-group:S1']);
  });

  test('groups are read again in time while nobody types, until it stops', async () => {
    const clock = new FakeClock(Date.now());
    const quiet = await serveSlack({ apiUrl: peer.apiUrl, clock }, intake);
    const before = peer.callsOf('usergroups.list').length;
    const started = quiet.slack.start();
    await expect.poll(() => peer.callsOf('usergroups.list').length).toBe(before + 1);
    await started;
    for (let minute = 1; minute <= 3; minute += 1) {
      await clock.advance(45_000);
      await expect.poll(() => peer.callsOf('usergroups.list').length).toBe(before + 1 + minute);
    }
    await quiet.close();
    await clock.advance(120_000);
    expect(peer.callsOf('usergroups.list')).toHaveLength(before + 4);
  });

  test('who is in a group now is told as it was a minute ago at most, and not at all while Slack says nothing', async () => {
    const clock = new FakeClock(Date.now());
    const asked = await serveSlack({ apiUrl: peer.apiUrl, clock }, intake);
    const { groups } = peer;
    const { memberships } = asked.slack;
    expect(await memberships.membersOf('slack-group:S1')).toBeNull();
    expect(await memberships.groupsOf(`${TEAM}/${ADMIN}`)).toEqual(['slack-group:S1']);
    expect(await memberships.membersOf('slack-group:S1')).toEqual([`${TEAM}/${ADMIN}`]);
    expect(await memberships.membersOf('slack-group:S9')).toEqual([]);
    peer.groups = [];
    await clock.advance(60_000);
    expect(await memberships.groupsOf(`${TEAM}/${ADMIN}`)).toEqual([]);
    peer.groups = groups;
    await clock.advance(60_000);
    peer.fault = () => ({ kind: 'status', status: 500 });
    expect(await memberships.groupsOf(`${TEAM}/${ADMIN}`)).toBeNull();
    expect(await memberships.groupsOf('T999/U1')).toBeNull();
    expect(await memberships.groupsOf('no address')).toBeNull();
    await asked.close();
  });

  test('groups are read once a minute and not for every command', async () => {
    const before = peer.callsOf('usergroups.list').length;
    for (let index = 0; index < 5; index++) await send(served, signedForm(command('/status')));
    expect(peer.callsOf('usergroups.list')).toHaveLength(before + 1);
  });
});

describe('forms', () => {
  async function openForm(): Promise<OpenedView> {
    intake.reply = ({ what }) => (what.kind === 'command' ? { kind: 'form', form: FORM } : null);
    await send(served, signedForm(command('/deploy', { trigger_id: await peer.triggerId() })));
    const opened = peer.callsOf('views.open').length;
    await expect.poll(() => peer.callsOf('views.open').length).toBeGreaterThanOrEqual(opened);
    await expect.poll(() => lastView()?.['callback_id']).toBe('shipmate-form');
    return { id: 'V1', hash: '1.a', ...lastView() } as OpenedView;
  }

  test('an answer that is a form opens it', async () => {
    const view = await openForm();
    expect(view).toMatchObject({ title: { text: 'Deploy something to som…' }, submit: { text: 'Deploy' } });
    expect(view.blocks).toMatchObject([
      { block_id: 'field-app', element: { type: 'static_select' } },
      { block_id: 'field-version', element: { type: 'external_select', placeholder: { text: 'Which one?' } } },
      { block_id: 'field-region', element: { type: 'external_select' } },
      { block_id: 'field-reason', element: { type: 'plain_text_input', initial_value: 'because' } },
    ]);
  });

  test.each([
    ['shortcut' as const, 'shipmate-deploy', `${TEAM}/${ADMIN}`],
    ['message_action' as const, 'shipmate-deploy-here', `${TEAM}/${CHANNEL}`],
  ])('a %s asks for the same form, for its own place', async (type, callback, channel) => {
    intake.reply = () => ({ kind: 'form', form: FORM });
    const opened = peer.callsOf('views.open').length;
    await send(served, signedInteraction(shortcut(type, callback, { trigger_id: await peer.triggerId() })));
    await expect.poll(() => peer.callsOf('views.open').length).toBe(opened + 1);
    expect(intake.kept).toMatchObject([{ what: { kind: 'command', text: '/deploy' }, channel }]);
    expect(JSON.parse(String(lastView()?.['private_metadata']))).toMatchObject({ channel });
  });

  test('what was filled in arrives as the form’s action', async () => {
    const view = await openForm();
    const answer = await send(
      served,
      signedInteraction(
        submission(view, {
          'field-app': chosen('shop'),
          'field-version': { type: 'external_select', selected_option: null },
          'field-reason': typed('now'),
        }),
      ),
    );
    expect(answer.body).toEqual({ response_action: 'clear' });
    expect(intake.kept.at(-1)).toMatchObject({
      deliveryId: 'form:V1:1.a',
      channel: `${TEAM}/${CHANNEL}`,
      what: { kind: 'action', action: 'deploy:form', values: { app: 'shop', version: '', reason: 'now' } },
    });
  });

  test('a refused form stays open with what was filled in, and the corrected one is a new submission', async () => {
    const view = await openForm();
    intake.reply = () => ({ kind: 'refusal', refusal: refusal('invalid_arguments', 'There is no version 9.', 'Choose one of the list.') });
    const filledIn = submission(view, { 'field-app': chosen('shop'), 'field-reason': typed('because <of> this') });
    const refused = await send(served, signedInteraction(filledIn));
    const copy = await send(served, signedInteraction(filledIn));
    expect(copy.body, 'a copy does not close what shows the refusal').toEqual(refused.body);
    const updated = (refused.body as { view: OpenedView }).view;
    expect(updated.blocks).toMatchObject([
      { type: 'section', text: { text: '⚠️ There is no version 9. Choose one of the list.' } },
      { block_id: 'field-app', element: { initial_option: { value: 'shop' } } },
      { block_id: 'field-version' },
      { block_id: 'field-region' },
      { block_id: 'field-reason', element: { initial_value: 'because <of> this' } },
    ]);
    intake.reply = () => null;
    // Slack gives the updated view a new hash.
    const again = await send(served, signedInteraction(submission({ ...updated, id: 'V1', hash: '2.b' }, { 'field-app': chosen('shop') })));
    expect(again.body).toEqual({ response_action: 'clear' });
    expect(intake.kept.map(({ deliveryId }) => deliveryId).slice(-2)).toEqual(['form:V1:1.a', 'form:V1:2.b']);
  });

  test('a form refused twice has one notice', async () => {
    const view = await openForm();
    intake.unavailable = 'Not now.';
    const first = (await send(served, signedInteraction(submission(view, {})))).body as { view: OpenedView };
    const second = (await send(served, signedInteraction(submission({ ...first.view, id: 'V1', hash: '2.b' }, {})))).body as {
      view: OpenedView;
    };
    expect(second.view.blocks).toHaveLength(first.view.blocks.length);
  });

  test('an answer that takes long is shown when it is there', async () => {
    const view = await openForm();
    const gate = Promise.withResolvers<null>();
    intake.reply = () => gate.promise;
    const startedAt = Date.now();
    const { body } = await send(served, signedInteraction(submission(view, { 'field-app': chosen('shop') })));
    expect(Date.now() - startedAt).toBeLessThan(2950);
    expect(body).toMatchObject({ response_action: 'update', view: { title: { text: 'Working on it' } } });
    const before = peer.callsOf('views.update').length;
    gate.resolve(null);
    await expect.poll(() => peer.callsOf('views.update').length).toBe(before + 1);
  });

  test('a completed field offers what was typed and what completes the command line', async () => {
    const view = await openForm();
    intake.completions = Array.from({ length: 150 }, (_, index) => ({ value: `1.${index}`, label: `1.${index}` }));
    const ask = async (block: string, text: string, values: Record<string, unknown>) =>
      (await send(served, signedInteraction(suggestion(view, block, text, values)))).body as { options: { value: string }[] };
    const { options } = await ask('field-version', '1.7', { 'field-app': chosen('my shop') });
    expect(intake.completing).toEqual(['/deploy "my shop" 1.7']);
    expect(options).toHaveLength(100);
    expect(options.slice(0, 3).map(({ value }) => value)).toEqual(['1.7', '1.0', '1.1']);
    // Its place in the line is not known before the app is: then only what was typed.
    expect((await ask('field-version', '1.', {})).options.map(({ value }) => value)).toEqual(['1.']);
    expect(await ask('field-region', 'eu', { 'field-app': chosen('shop') })).toEqual({ options: [] });
  });

  test('a form that came too late for Slack says what to do instead', async () => {
    intake.reply = () => ({ kind: 'form', form: FORM });
    const before = peer.responses.answers.length;
    await send(served, signedForm(command('/deploy', { trigger_id: 'long-gone', response_url: peer.responses.issue() })));
    await expect.poll(() => peer.responses.answers.length).toBe(before + 1);
    expect(peer.responses.answers.at(-1)?.body).toMatchObject({ text: expect.stringContaining('try again') });
  });
});

describe('pages', () => {
  test('the home page is what concerns the person who opened it', async () => {
    homePage = { summary: 'Home', tone: 'neutral', elements: [{ type: 'header', text: 'Waiting for you: <!channel>' }] };
    await send(served, signedEvent(event({ type: 'app_home_opened', user: ADMIN, channel: 'D1', tab: 'home' })));
    await expect.poll(() => peer.callsOf('views.publish').at(-1)?.body['user_id']).toBe(ADMIN);
    expect(JSON.parse(peer.callsOf('views.publish').at(-1)?.body['view'] ?? '')).toMatchObject({
      type: 'home',
      blocks: [{ type: 'header' }],
    });
    const before = peer.callsOf('views.publish').length;
    await send(served, signedEvent(event({ type: 'app_home_opened', user: ADMIN, channel: 'D1', tab: 'messages' })));
    expect(peer.callsOf('views.publish')).toHaveLength(before);
  });

  const shared = (links: string[], user = ADMIN) =>
    event({
      type: 'link_shared',
      channel: CHANNEL,
      user,
      message_ts: '1700000000.000100',
      unfurl_id: 'U.1',
      source: 'conversations_history',
      is_bot_user_member: true,
      links: links.map((url) => ({ url, domain: 'shipmate.example' })),
    });

  test('a deployment’s link is shown, if the person who posted it may see it', async () => {
    await send(served, signedEvent(shared(['https://shipmate.example/deployments/d1', 'https://shipmate.example/deployments/none'])));
    await expect.poll(() => peer.unfurls.length).toBe(1);
    expect(Object.keys(peer.unfurls[0]?.['unfurls'] as object)).toEqual(['https://shipmate.example/deployments/d1']);
  });

  test.each([
    ['of somebody who may not see it', shared(['https://shipmate.example/deployments/d1'], 'U000000002')],
    ['of another site', shared(['https://evil.example/deployments/d1'])],
    ['with another port', shared(['https://shipmate.example:8443/deployments/d1'])],
    ['of another page', shared(['https://shipmate.example/x/deployments/d1', 'https://shipmate.example/deployments/d1/../d2', 'nonsense'])],
  ])('but no link %s', async (_, body) => {
    const before = peer.unfurls.length;
    await send(served, signedEvent(body));
    await served.slack.stop();
    expect(peer.unfurls).toHaveLength(before);
  });
});

function lastView(): Record<string, unknown> | undefined {
  const view = peer.callsOf('views.open').at(-1)?.body['view'];
  return view === undefined ? undefined : JSON.parse(view);
}
