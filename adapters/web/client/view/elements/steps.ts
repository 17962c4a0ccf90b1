import type { Step } from '../../../../../src/chat/message.ts';
import { html, type View } from '../../html.ts';
import { Icon } from '../icons.ts';

const WORDS: Readonly<Record<Step['state'], string>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
};

/** Where a process stands, as a pipeline: side by side where there is room, one below the other on a phone. */
export function Steps({ steps }: { steps: readonly Step[] }): View {
  return html`<ol class="steps">
    ${steps.map(
      (
        step,
        index,
      ) => html`<li key=${index} class=${`step step-${step.state}`} aria-current=${step.state === 'running' ? 'step' : undefined}>
        <span class="step-mark" aria-hidden="true">${mark(step.state)}</span>
        <span class="step-label">${step.label}<span class="visually-hidden">, ${WORDS[step.state]}</span></span>
        ${step.detail !== null && html`<span class="step-detail" title=${step.detail}>${step.detail}</span>`}
      </li>`,
    )}
  </ol>`;
}

function mark(state: Step['state']): View | null {
  switch (state) {
    case 'done':
      return html`<${Icon} name="check" />`;
    case 'failed':
      return html`<${Icon} name="cross" />`;
    case 'skipped':
      return html`<${Icon} name="dash" />`;
    case 'running':
    case 'waiting':
      return null;
    default:
      return state satisfies never;
  }
}
