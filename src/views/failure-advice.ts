import { assertNever } from '../chat/message.ts';
import type { Deployment, FailureCode } from '../domain/deployment.ts';

/** One line: what the person does about it. */
export function failureAdvice(deployment: Deployment): string {
  const { failure } = deployment;
  if (failure === null) return '';
  const { app, environment } = deployment;
  const logs = `/logs ${app} ${environment}${failure.service === null ? '' : ` ${failure.service}`}`;
  return advice(failure.code, logs, `/status ${app} ${environment}`);
}

function advice(code: FailureCode, logs: string, status: string): string {
  switch (code) {
    case 'task_failed':
    case 'unhealthy':
      return `Its last lines are in the thread, more in ${logs}. Mend the release and deploy a new version.`;
    case 'image_unavailable':
      return 'Push the image or check the tag and the registry’s access, then retry.';
    case 'progress_deadline':
      return 'It did not become healthy in time: check its health check and free capacity, or raise x-shipmate.progress_deadline, then retry.';
    case 'job_failed':
    case 'hook_failed':
      return 'Its output is in the thread. Mend the command, then retry.';
    case 'smoke_check_failed':
      return 'The services are up but did not answer as expected: the thread says which address. Mend it, then retry.';
    case 'digest_mismatch':
      return `Something else runs than what was planned: see ${status}, then retry.`;
    case 'superseded_on_engine':
      return `Somebody changed the stack on the engine meanwhile: see ${status} and ask before you retry.`;
    case 'restore_failed':
      return `Going back did not work either, so look at it now: ${status}, then roll back or retry.`;
    case 'engine_error':
      return 'The engine refused or could not be reached: /doctor says what is wrong. Retry when it is well again.';
    case 'plan_changed':
      return 'The environment changed after this was planned. Deploy again to get a plan that fits.';
    case 'approval_void':
      return 'Nothing was changed. Ask again, so that what runs is what is approved.';
    case 'environment_closed':
      return 'Nothing was changed. /locks and /freezes say until when; then retry.';
    case 'internal':
      return 'This is a fault of Shipmate, not of the release. Retry; if it stays, tell the operator the deployment’s id.';
    default:
      return assertNever(code);
  }
}
