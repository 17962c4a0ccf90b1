import { describe, expect, it } from 'vitest';
import { readSpec, refusals } from '../../../support/compose/memory-project.ts';

describe('x-shipmate', () => {
  const text = (settings: string, own = '') => `services:\n  web: {image: a${own}}\nx-shipmate:\n  ${settings}\n`;

  it('has defaults', () => {
    expect(readSpec('services: {web: {image: a}}').settings).toEqual({
      strategy: 'rolling',
      progressDeadlineMs: 180_000,
      verifyMs: 0,
      maxTaskFailures: 0,
      automaticRollback: true,
      hooks: [],
      smokeChecks: [],
      services: {},
    });
  });

  it('is read in full', () => {
    const settings = [
      'strategy: rolling',
      'progress_deadline: 2m',
      'verify: 10s',
      'max_task_failures: 2',
      'automatic_rollback: false',
      'hooks: [{name: migrate, when: before, service: web, command: "node migrate.js --all", timeout: 1m}]',
      'smoke: [{url: "http://web:80/healthz", inside: true, status: 204, body: ok, timeout: 1s, retries: 1}, {name: home, url: "https://shop.example/"}]',
    ].join('\n  ');
    expect(readSpec(text(settings, ', x-shipmate: {progress_deadline: 5m, max_task_failures: 1}')).settings).toEqual({
      strategy: 'rolling',
      progressDeadlineMs: 120_000,
      verifyMs: 10_000,
      maxTaskFailures: 2,
      automaticRollback: false,
      hooks: [{ name: 'migrate', when: 'before', service: 'web', command: ['node', 'migrate.js', '--all'], timeoutMs: 60_000 }],
      smokeChecks: [
        { name: 'smoke-1', url: 'http://web:80/healthz', inside: true, expectStatus: 204, expectBody: 'ok', timeoutMs: 1000, retries: 1 },
        { name: 'home', url: 'https://shop.example/', inside: false, expectStatus: 200, timeoutMs: 5000, retries: 3 },
      ],
      services: { web: { progressDeadlineMs: 300_000, maxTaskFailures: 1 } },
    });
  });

  it.each<[settings: string, says: string]>([
    ['strateg: rolling', 'compose.yaml:4 x-shipmate.strateg: There is no setting "strateg" here. Did you mean `strategy`?'],
    ['strategy: canary', 'compose.yaml:4 x-shipmate.strategy: The only strategy so far is `rolling`.'],
    ['progress_deadline: soon', 'compose.yaml:4 x-shipmate.progress_deadline: This is not a duration; write `90s` or `3m`.'],
    ['max_task_failures: -1', 'compose.yaml:4 x-shipmate.max_task_failures: '],
    ['hooks:\n    - {name: a, when: later, service: web, command: [x]}', 'compose.yaml:5 x-shipmate.hooks[0].when: '],
    [
      'hooks:\n    - {name: a, when: before, service: wob, command: [x]}',
      'compose.yaml:5 x-shipmate.hooks[0].service: There is no service "wob". Did you mean `web`?',
    ],
    ['hooks:\n    - {name: a, when: before, service: web}', 'compose.yaml:5 x-shipmate.hooks[0].command: '],
    [
      'hooks:\n    - {name: a, when: before, service: web, command: [x], timeot: 1s}',
      'compose.yaml:5 x-shipmate.hooks[0].timeot: There is no setting "timeot" here. Did you mean `timeout`?',
    ],
    ['smoke:\n    - {url: "ftp://x"}', 'compose.yaml:5 x-shipmate.smoke[0].url: This is not an address; write `http://…` or `https://…`.'],
    ['smoke:\n    - {inside: true}', 'compose.yaml:5 x-shipmate.smoke[0].url: '],
    ['[rolling]', 'compose.yaml:3 x-shipmate: '],
  ])('refuses %s', (settings, says) => {
    expect(refusals(text(settings)).join('\n')).toContain(says);
  });

  it('refuses unknown settings of a service', () => {
    expect(refusals(text('verify: 1s', ', x-shipmate: {verify: 1s}'))[0]).toContain(
      'compose.yaml:2 services.web.x-shipmate.verify: There is no setting "verify" here.',
    );
  });
});
