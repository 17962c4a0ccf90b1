import { describe, expect, it } from 'vitest';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import type { DeploymentRequest, RollbackRequest, UseCases } from '../../../src/application/use-cases.ts';
import { parseAction } from '../../../src/chat/action-id.ts';
import type { CommandContext, Reply } from '../../../src/chat/command.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { aDeployment } from '../../support/builders.ts';
import { fakeUseCases, requested } from './fake-use-cases.ts';
import { operating } from './operating.ts';

const context: CommandContext = { person: { id: 'dana', name: 'Dana' }, platform: 'web', channel: 'ops', deliveryId: 'x1', now: 1000 };
const revision = (number: number, version: string) => ({
  stack: 's',
  number,
  releaseId: `r${number}`,
  version,
  deploymentId: 'd',
  activeFrom: 0,
  activeTo: null,
});
const planned = {
  plan: { ...aDeployment().plan, version: '1.0.0' },
  planHash: 'h',
  currentVersion: '1.1.0',
  warnings: [],
  from: revision(4, '1.1.0'),
  to: revision(3, '1.0.0'),
  others: [],
};

const { run } = operating(context);

function historyOf(...deployments: Deployment[]): Pick<UseCases, 'readHistory'> {
  return { readHistory: async () => ({ deployments, statistics: { total: 1, succeeded: 1, failed: 0, medianDurationMs: null } }) };
}

const buttonsOf = (reply: Reply) =>
  reply.kind === 'message' ? reply.message.elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : [])) : [];

describe('/deploy', () => {
  it('alone asks for what it needs, with the person’s own apps, and takes the form as if it were typed', async () => {
    const asked: DeploymentRequest[] = [];
    const useCases = fakeUseCases({
      requestDeployment: async (request) => {
        asked.push(request);
        return requested('d9');
      },
    });
    const deploy = commands.find(({ name }) => name === 'deploy');
    const form = await deploy?.form?.(useCases, context);
    expect(form?.fields.map((field) => [field.name, field.type, field.optional])).toEqual([
      ['app', 'select', false],
      ['environment', 'select', false],
      ['version', 'input', true],
      ['reason', 'input', true],
    ]);
    const action = parseAction(form?.action ?? '');
    const submitted = actions.find(({ verb }) => verb === action?.verb);
    const submit = (values: Readonly<Record<string, string>>) => submitted?.handle(useCases, action?.id ?? '', values, context);
    expect(await submit({ app: 'shop', environment: 'staging', version: '1.1.0', reason: ' ' })).toEqual({
      kind: 'card',
      deploymentId: 'd9',
    });
    expect(asked).toMatchObject([{ app: 'shop', environment: 'staging', version: '1.1.0', reason: null, person: context.person }]);
    expect(await submit({ app: 'shop', environment: 'staging', version: 'a b' })).toMatchObject({
      kind: 'refusal',
      refusal: { details: [expect.stringContaining('version: is not a version')] },
    });
    expect(asked).toHaveLength(1);
  });

  it('asks for the deployment with who, why and where, and answers with its card', async () => {
    const asked: DeploymentRequest[] = [];
    const reply = await run('/deploy Shop staging 1.1.0 --reason "checkout fix"', {
      requestDeployment: async (request) => {
        asked.push(request);
        return requested('d9');
      },
    });
    expect(reply).toEqual({ kind: 'card', deploymentId: 'd9' });
    expect(asked).toEqual([
      {
        person: context.person,
        app: 'shop',
        environment: 'staging',
        version: '1.1.0',
        reason: 'checkout fix',
        latestWins: false,
        origin: { platform: 'web', channel: 'ops', deliveryId: 'x1' },
      },
    ]);
  });
});

describe('/deploy --latest', () => {
  it('asks for what waits to give way', async () => {
    const asked: DeploymentRequest[] = [];
    await run('/deploy shop staging 1.1.0 --latest', {
      requestDeployment: async (request) => {
        asked.push(request);
        return requested('d9');
      },
    });
    expect(asked).toMatchObject([{ version: '1.1.0', latestWins: true }]);
  });
});

describe('/rollback', () => {
  const confirmable = { planRollback: async () => planned };

  it('first tells one person exactly what would run, and does nothing', async () => {
    const reply = await run('/rollback shop staging', confirmable);
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private', message: { tone: 'warning' } });
    expect(buttonsOf(reply)).toMatchObject([{ action: 'rollback-to:shop.staging.3.4', style: 'danger' }]);
  });

  it('acts at once with --yes', async () => {
    const reply = await run('/rollback shop staging --yes', { requestRollback: async () => requested('d9') });
    expect(reply).toEqual({ kind: 'card', deploymentId: 'd9' });
  });

  it('means taking back what is being deployed right now', async () => {
    const running = aDeployment({ id: 'd7', version: '1.2.0', previousVersion: '1.1.0', state: 'running' });
    const reply = await run('/rollback shop staging', { ...historyOf(running), ...confirmable });
    expect(buttonsOf(reply)).toMatchObject([{ action: 'cancel:d7', label: 'Take it back to 1.1.0' }]);
  });

  it.each([
    ['with --yes', ' --yes'],
    ['for the confirmation', ''],
  ])('leaves the way back from a failed release that was left in place to the one who decides it, %s', async (_when, ending) => {
    const asked: RollbackRequest[] = [];
    const failed = aDeployment({ state: 'failed', version: '1.2.0', previousVersion: '1.1.0', finishedAt: 5 });
    await run(`/rollback shop staging${ending}`, {
      ...historyOf(failed),
      planRollback: async (request) => {
        asked.push(request);
        return planned;
      },
      requestRollback: async (request) => {
        asked.push(request);
        return requested('d9');
      },
    });
    expect(asked).toMatchObject([{ app: 'shop', environment: 'staging', to: null }]);
  });

  it('passes refusals on', async () => {
    const no = refusal('nothing_to_roll_back_to', 'There is no earlier release.');
    expect(await run('/rollback shop staging', { planRollback: async () => no })).toEqual({ kind: 'refusal', refusal: no });
  });
});

describe('/diff', () => {
  const side = (environment: string, version: string, number: number | null) => ({ app: 'shop', environment, version, revision: number });
  const found = {
    before: side('staging', '1.1.0', 4),
    after: side('production', '1.0.0', 2),
    services: [
      { service: 'web', in: 'both' as const, changes: [{ path: 'environment.TOKEN', before: 'a', after: 'b', hidden: true }] },
      { service: 'worker', in: 'before' as const, changes: [] },
      { service: 'cache', in: 'both' as const, changes: [] },
    ],
  };

  it('shows two environments side by side, and no secret', async () => {
    const asked: unknown[] = [];
    const reply = await run('/diff shop staging production', {
      readDifference: async (request) => {
        asked.push(request);
        return found;
      },
    });
    expect(asked).toMatchObject([{ app: 'shop', environment: 'staging', to: 'production' }]);
    expect(reply).toMatchObject({ kind: 'message', visibility: 'public' });
    const said = JSON.stringify(reply);
    expect(said).toContain('shop: staging 1.1.0 → production 1.0.0: 1 service differs, 1 service is only in one.');
    expect(said).toContain('Only in staging 1.1.0: worker');
    expect(said).toContain('The same: cache');
    expect(said).not.toContain('"before":"a"');
  });

  it('completes with other environments, then with versions', async () => {
    const command = commands.find(({ name }) => name === 'diff');
    const useCases = fakeUseCases({
      suggestEnvironments: async () => ['staging', 'production'],
      suggestVersions: async () => ['1.0.0'],
    });
    const typed = { app: 'shop', environment: 'staging' };
    const values = await command?.complete?.(useCases, 'with', typed, context);
    expect(values?.map(({ value }) => value)).toEqual(['production', '1.0.0']);
  });
});

describe('/cancel', () => {
  it('takes an id alone or an app with its environment', async () => {
    const targets: unknown[] = [];
    const cancelDeployment: UseCases['cancelDeployment'] = async ({ target }) => {
      targets.push(target);
      return { deployment: aDeployment({ id: 'd5' }), effect: 'cancelled' };
    };
    expect(await run('/cancel 7k2m9x4q', { cancelDeployment })).toEqual({ kind: 'card', deploymentId: 'd5' });
    await run('/cancel shop staging', { cancelDeployment });
    expect(targets).toEqual([{ deployment: '7k2m9x4q' }, { app: 'shop', environment: 'staging' }]);
  });

  it('asks for the environment when only an app was named', async () => {
    const cancelDeployment: UseCases['cancelDeployment'] = async () => refusal('unknown_deployment', 'There is no such deployment.');
    expect(await run('/cancel shop', { cancelDeployment })).toMatchObject({
      refusal: { message: 'Which environment of shop?', hint: 'Type: /cancel shop staging or /cancel shop production' },
    });
  });
});

describe('answers', () => {
  it.each([
    ['/status', 'private'],
    ['/status shop', 'public'],
    ['/history shop', 'public'],
    ['/logs shop staging', 'public'],
    ['/plan shop staging', 'public'],
    ['/apps', 'private'],
    ['/help', 'private'],
    ['/help rollback', 'private'],
    ['/doctor', 'private'],
  ])('%s is %s', async (text, visibility) => {
    const reply = await run(text, {
      readStatus: async () => [],
      readLogs: async () => ({ lines: [], services: [] }),
      planDeployment: async () => planned,
    });
    expect(reply).toMatchObject({ kind: 'message', visibility });
  });

  it('/help guesses a misspelled command', async () => {
    expect(await run('/help rolback')).toMatchObject({ kind: 'refusal', refusal: { hint: 'Type: /help rollback' } });
  });
});

describe('the service of /logs', () => {
  it.each(['my_db', 'Web', 'api.v2', '_x-1'])('may be any Compose service name, for instance %s, as it is written', (service) => {
    const parsed = parseCommand(`/logs Shop staging ${service}`, commands);
    expect(parsed.ok).toBe(true);
  });

  it('reaches the engine with its case kept, while app and environment are lower-cased', async () => {
    const asked: unknown[] = [];
    await run('/logs Shop Staging Web', {
      readLogs: async (request) => {
        asked.push(request);
        return refusal('nothing_deployed', 'Nothing runs.');
      },
    });
    expect(asked).toEqual([{ person: context.person, app: 'shop', environment: 'staging', service: 'Web', tail: 40 }]);
  });

  it('is refused with anything else in it', () => {
    expect(parseCommand('/logs shop staging we/b', commands).ok).toBe(false);
  });
});
