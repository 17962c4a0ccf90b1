import type { Step } from '../../src/chat/message.ts';
import { plainLine } from '../../src/chat/plain-text.ts';
import { escapeWithin } from './escape-markdown.ts';
import { type Block, labelled, linesBlock } from './lines.ts';

export function stepsBlock(steps: readonly Step[]): Block {
  return linesBlock(stepRuns(steps).map((run) => (max) => runLine(run, max)));
}

const STEP_MARKS: Readonly<Record<Step['state'], string>> = {
  waiting: '▫️',
  running: '▶️',
  done: '✅',
  failed: '❌',
  skipped: '➖',
};

/** Steps that wait, or were left out, share a line; whatever is or was under way has its own. */
function stepRuns(steps: readonly Step[]): readonly (readonly Step[])[] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.at(-1) !== undefined && isIdle(step) && last.every(isIdle)) last.push(step);
    else runs.push([step]);
  }
  return runs;
}

function isIdle(step: Step): boolean {
  return (step.state === 'waiting' || step.state === 'skipped') && step.detail === null;
}

function runLine(run: readonly Step[], max: number): string {
  const each = Math.floor((max + 2) / run.length) - 2;
  return run.map((step) => stepLine(step, each)).join('  ');
}

function stepLine(step: Step, max: number): string {
  const head = `${STEP_MARKS[step.state]} `;
  const detail = step.detail === null ? '' : plainLine(step.detail);
  return step.state === 'waiting' || step.state === 'skipped'
    ? `${head}${escapeWithin([plainLine(step.label), detail].filter((part) => part !== '').join(' · '), max - head.length)}`
    : `${head}${labelled(plainLine(step.label), detail, max - head.length)}`;
}
