import type { SmokeCheckSpec } from '../domain/release-settings.ts';
import type { DeploymentRun } from './deployment-run.ts';
import { scrubbedFor } from './known-secrets.ts';
import { ReleaseFailed } from './release-failed.ts';

/** Run by Node inside the app's network: prints the status, then the body's beginning. */
const PROBE = [
  'const [, url, ms] = process.argv;',
  "fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(Number(ms)) })",
  '.then(async (answer) => { console.log(answer.status); console.log((await answer.text()).slice(0, 4096)); })',
  '.catch((error) => { console.log(0); console.log(String(error.cause ?? error)); });',
].join('\n');

type Answer = { readonly status: number; readonly body: string };

/** Asks until the answer is as expected or the retries are used up; the returned line goes into the thread. */
export async function checkSmoke(run: DeploymentRun, check: SmokeCheckSpec, signal: AbortSignal): Promise<string> {
  let last: Answer = { status: 0, body: 'not asked' };
  for (let attempt = 0; attempt <= check.retries; attempt++) {
    if (attempt > 0) await run.parts.clock.sleep(1000, signal);
    signal.throwIfAborted();
    last = check.inside ? await askInside(run, check, signal) : await askOutside(check, signal);
    if (last.status === check.expectStatus && (check.expectBody === undefined || last.body.includes(check.expectBody))) {
      return `smoke check ${check.name}: ${last.status}`;
    }
  }
  const got = last.status === 0 ? last.body : `status ${last.status}`;
  const wanted =
    check.expectBody === undefined ? `status ${check.expectStatus}` : `status ${check.expectStatus} with “${check.expectBody}”`;
  const said = `The smoke check ${check.name} expected ${wanted} and got ${got}.`;
  const message = await run.patiently(() => scrubbedFor(run.parts, run.release, said));
  throw new ReleaseFailed({ code: 'smoke_check_failed', service: null, message });
}

async function askOutside(check: SmokeCheckSpec, signal: AbortSignal): Promise<Answer> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(check.timeoutMs)]);
    const answer = await fetch(check.url, { redirect: 'manual', signal: limit });
    return { status: answer.status, body: (await answer.text()).slice(0, 4096) };
  } catch (error) {
    return { status: 0, body: error instanceof Error ? error.message : String(error) };
  }
}

async function askInside(run: DeploymentRun, check: SmokeCheckSpec, signal: AbortSignal): Promise<Answer> {
  const { probeImage } = run.parts.workspace().engine;
  const service = new URL(check.url).hostname;
  const host = run.release.spec.services[service] === undefined ? Object.keys(run.release.spec.services)[0] : service;
  if (probeImage === null || host === undefined) {
    const message = `The smoke check ${check.name} asks inside the app's network, which needs engine.probe_image in shipmate.yml.`;
    throw new ReleaseFailed({ code: 'smoke_check_failed', service: null, message });
  }
  const command = ['node', '-e', PROBE, check.url, String(check.timeoutMs)];
  const oneOff = { name: `smoke-${check.name}`, service: host, command, image: probeImage, timeoutMs: check.timeoutMs + 15_000 };
  const result = await run.parts.orchestrator.runOnce(run.release.spec, oneOff, run.guard, signal);
  const [status = '0', ...body] = result.output;
  return result.outcome === 'succeeded'
    ? { status: Number(status), body: body.join('\n') }
    : { status: 0, body: `the probe ${result.outcome}: ${result.output.join(' / ')}` };
}
