import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { slackManifest } from '../../../adapters/slack/index.ts';
import { SCOPES } from '../../../adapters/slack/manifest.ts';

const commands = [
  { name: 'deploy', summary: 'Deploy a version to an environment', usage: '/deploy <app> <environment> [version]' },
  { name: 'apps', summary: 'List the apps you can see', usage: '/apps' },
];

test('every command and the umbrella are in it, at the address of this Shipmate', () => {
  const manifest = parse(slackManifest({ url: 'https://shipmate.example/', socketMode: false, commands }));
  expect(manifest.features.slash_commands).toEqual([
    {
      command: '/shipmate',
      url: 'https://shipmate.example/slack/events',
      description: 'Every command of Shipmate',
      usage_hint: '<command>',
      should_escape: false,
    },
    {
      command: '/deploy',
      url: 'https://shipmate.example/slack/events',
      description: 'Deploy a version to an environment',
      usage_hint: '<app> <environment> [version]',
      should_escape: false,
    },
    { command: '/apps', url: 'https://shipmate.example/slack/events', description: 'List the apps you can see', should_escape: false },
  ]);
  expect(manifest.settings).toMatchObject({
    socket_mode_enabled: false,
    event_subscriptions: { request_url: 'https://shipmate.example/slack/events' },
    interactivity: { is_enabled: true, request_url: 'https://shipmate.example/slack/events' },
  });
  expect(manifest.features.unfurl_domains).toEqual(['shipmate.example']);
});

test('with Socket Mode it names no address for requests', () => {
  const text = slackManifest({ url: 'https://shipmate.example', socketMode: true, commands });
  expect(parse(text).settings.socket_mode_enabled).toBe(true);
  expect(text).not.toContain('/slack/events');
});

test('each scope and each event is explained in the documentation, and no other', () => {
  const page = readFileSync(new URL('../../../docs/slack.md', import.meta.url), 'utf8');
  const explained = [...page.matchAll(/^\| `([a-z_.]+:[a-z_.]+|commands)` \|/gm)].map((match) => match[1]);
  expect(explained.sort()).toEqual([...SCOPES].sort());
  const events: string[] = parse(slackManifest({ url: 'https://shipmate.example', socketMode: false, commands })).settings
    .event_subscriptions.bot_events;
  for (const event of events) expect(page).toContain(`\`${event}\``);
});
