import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/chat/message.ts';
import { messageSchema } from '../../../src/chat/message-schema.ts';
import { DEPLOYMENT_STATES } from '../../../src/domain/deployment-state.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { appsView } from '../../../src/views/apps.ts';
import { deploymentCard } from '../../../src/views/deployment-card.ts';
import { deploymentThread } from '../../../src/views/deployment-thread.ts';
import { doctorView } from '../../../src/views/doctor.ts';
import { faultView } from '../../../src/views/fault.ts';
import { historyView } from '../../../src/views/history.ts';
import { logsView } from '../../../src/views/logs.ts';
import { planView } from '../../../src/views/plan.ts';
import { planSummary } from '../../../src/views/plan-elements.ts';
import { refusalView } from '../../../src/views/refusal.ts';
import { rollbackConfirmation } from '../../../src/views/rollback-confirmation.ts';
import { type StatusFacts, statusOverview, statusView } from '../../../src/views/status.ts';
import { duration, names, sentence } from '../../../src/views/wording.ts';
import { aProgress, aServicePlan } from '../../support/builders.ts';
import { aPlan, NOW, someFacts } from './facts.ts';

const revision = (number: number, version: string) => ({
  stack: 'shop-staging',
  number,
  releaseId: `r${number}`,
  version,
  deploymentId: 'd',
  activeFrom: NOW - 10_000,
  activeTo: NOW - 1000,
});

const healthy: StatusFacts = {
  app: 'shop',
  environment: 'staging',
  current: revision(4, '1.1.0'),
  services: [{ service: 'web', image: 'example/web:1.1.0', desired: 2, running: 2, health: 'healthy', lastError: null }],
  open: [],
  closure: null,
  lastFinished: null,
  drift: [],
};

const bold = (message: Message) => message.elements.find((element) => element.type === 'text' && element.style === 'strong');

describe('views', () => {
  it.each<[string, Partial<StatusFacts>, string, Message['tone']]>([
    ['healthy', {}, 'staging runs 1.1.0: 1 of 1 service healthy.', 'success'],
    ['without services', { services: [] }, 'staging runs 1.1.0, but the engine shows none of its services.', 'danger'],
    [
      'without an engine',
      { services: null },
      'staging runs 1.1.0 according to our records; the engine does not answer (/doctor).',
      'warning',
    ],
    ['never deployed', { current: null, services: [] }, 'staging does not run shop.', 'neutral'],
    [
      'deployed for the first time',
      { current: null, open: [someFacts({ state: 'running' }).deployment] },
      'The first deployment of shop to staging is under way.',
      'success',
    ],
    ['drifted', { drift: ['web is missing'] }, 'staging runs 1.1.0; the engine shows something else.', 'warning'],
  ])('the status of an environment that is %s says so first', (_title, members, line, tone) => {
    const view = statusView('shop', [{ ...healthy, ...members }], NOW);
    expect(bold(view)).toMatchObject({ text: line });
    expect(view.tone).toBe(tone);
  });

  it('a rollback confirmation states where it goes from and to, and its button names both revisions', () => {
    const view = rollbackConfirmation(
      { plan: aPlan, warnings: [], from: revision(4, '1.1.0'), to: revision(3, '1.0.0'), others: [revision(1, '0.9.0')] },
      null,
      NOW,
    );
    expect(bold(view)).toMatchObject({ text: 'staging goes from 1.1.0 back to revision 3, 1.0.0.' });
    const buttons = view.elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));
    expect(buttons).toMatchObject([{ action: 'rollback-to:shop.staging.3.4', label: 'Roll back to 1.0.0', style: 'danger' }]);
    const [menu] = view.elements.filter(({ type }) => type === 'select');
    expect(menu).toMatchObject({ action: 'rollback-pick:shop.staging', options: [{ value: '1' }] });
  });

  it('a plan counts what happens to each service', () => {
    const services = [
      aServicePlan('a'),
      aServicePlan('b'),
      aServicePlan('c', { action: 'create' }),
      aServicePlan('d', { action: 'remove' }),
    ];
    expect(planSummary({ ...aPlan, services })).toBe('1 service is created, 2 change, 1 is removed');
    expect(planSummary({ ...aPlan, services: [] })).toBe('no services');
  });

  it('a plan that changes nothing says so', () => {
    const plan = { ...aPlan, services: [aServicePlan('a', { action: 'unchanged' })] };
    expect(planView({ plan, planHash: 'h', currentVersion: '1.1.0', warnings: [] }).summary).toContain('Nothing changes');
  });

  it('logs keep the newest lines when there are too many', () => {
    const lines = Array.from({ length: 200 }, (_, index) => ({
      service: 'web',
      task: 't',
      stream: 'stdout' as const,
      text: `line ${index} ${'x'.repeat(40)}`,
    }));
    const code = logsView('shop', 'staging', 'web', { lines, services: ['web'] }).elements.find((element) => element.type === 'code');
    expect(code?.text).toContain('line 199');
    expect(code?.text).not.toContain('line 0 ');
    expect(code?.text.length).toBeLessThanOrEqual(2800);
  });

  it('what is broken comes first in the doctor’s answer, with its remedy', () => {
    const view = doctorView([
      { name: 'database', state: 'ok', found: 'PostgreSQL 18', remedy: null },
      { name: 'engine', state: 'broken', found: 'no answer', remedy: 'Start Docker.' },
    ]);
    expect(view.tone).toBe('danger');
    expect(bold(view)).toMatchObject({ text: 'Broken: engine.' });
    expect(JSON.stringify(view.elements)).toContain('engine: Start Docker.');
  });

  it('durations, lists and sentences read naturally', () => {
    expect([3, 400, 9_949, 12_400, 185_000, 3_720_000, -5, Number.NaN].map(duration)).toEqual([
      '< 0.1 s',
      '0.4 s',
      '9.9 s',
      '12 s',
      '3 min 05 s',
      '1 h 02 min',
      '0.0 s',
      '0.0 s',
    ]);
    expect(names(['a'])).toBe('a');
    expect(names(['a', 'b', 'c'])).toBe('a, b and c');
    expect(names(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
    expect([sentence('x'), sentence('x.'), sentence('x?')]).toEqual(['x.', 'x.', 'x?']);
  });

  it('leave no control character in, and stay within bounds, whatever people and engines wrote', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constant('\u001B[2J\u0007\u202Eevil'),
      fc.constant('x'.repeat(5000)),
    );
    fc.assert(
      fc.property(hostile, hostile, fc.constantFrom(...DEPLOYMENT_STATES), (text, other, state) => {
        const plan = {
          ...aPlan,
          version: text,
          notes: [other],
          services: [aServicePlan('web', { image: other, changes: [{ path: text, before: other, after: text, hidden: false }] })],
        };
        const facts = someFacts(
          {
            state,
            version: text,
            previousVersion: other,
            reason: text,
            plan,
            requester: { id: 'x', name: other },
            failure: { code: 'internal', service: null, message: text },
          },
          {
            progress: [aProgress('web', { message: text })],
            stages: [{ stage: 'promote', state: 'failed', attempt: 1, startedAt: 0, finishedAt: 1, lines: [text, other] }],
          },
        );
        const messages = [
          deploymentCard(facts),
          ...deploymentThread(facts).map(({ message }) => message),
          planView({ plan, planHash: 'h', currentVersion: other, warnings: [text] }),
          statusView('shop', [{ ...healthy, drift: [text], lastFinished: facts.deployment, open: [facts.deployment] }], NOW),
          statusOverview([{ ...healthy, open: [facts.deployment] }], NOW),
          historyView(
            'shop',
            null,
            { deployments: [facts.deployment], statistics: { total: 1, succeeded: 1, failed: 0, medianDurationMs: 1 } },
            NOW,
          ),
          logsView('shop', 'staging', null, { lines: [{ service: text, task: other, stream: 'stderr', text }], services: [other] }),
          refusalView(refusal('unknown_app', text, other, [text, other])),
          appsView([
            {
              app: text,
              description: other,
              role: text,
              environments: [{ environment: text, version: other, open: 1, protected: true, closure: null }],
            },
          ]),
          doctorView([{ name: text, state: 'broken', found: other, remedy: text }]),
          faultView(text, 'r', true),
        ];
        for (const message of messages) {
          expect(strings(message).join('')).not.toMatch(/[^\P{Cc}\n]|[\u202A-\u202E]/u);
          expect(Math.max(...strings(message).map((one) => one.length))).toBeLessThanOrEqual(2800);
          expect(messageSchema.safeParse(message).success).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
