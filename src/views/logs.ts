import type { Message } from '../chat/message.ts';
import { composeMessage, header, quiet, text } from './compose-message.ts';
import { count, names } from './wording.ts';

export type LogFacts = {
  readonly lines: readonly {
    readonly service: string;
    readonly task: string;
    readonly stream: 'stdout' | 'stderr';
    readonly text: string;
  }[];
  readonly services: readonly string[];
};

/** The newest lines; a service's name stands before its line when there are several services. */
export function logsView(app: string, environment: string, service: string | null, facts: LogFacts): Message {
  const title = `Logs of ${app} ${environment}${service === null ? '' : ` ${service}`}`;
  const several = new Set(facts.lines.map((line) => line.service)).size > 1;
  const width = Math.max(0, ...facts.lines.map((line) => line.service.length));
  const lines = facts.lines.map((line) => {
    const mark = line.stream === 'stderr' ? '!' : '|';
    return several ? `${line.service.padEnd(width)} ${mark} ${line.text}` : `${line.stream === 'stderr' ? '! ' : ''}${line.text}`;
  });
  const hasErrors = facts.lines.some((line) => line.stream === 'stderr');
  return composeMessage(lines.length === 0 ? `${title}: no lines` : `${title}: ${count(lines.length, 'line')}`, 'neutral', [
    header(title),
    lines.length === 0
      ? text(`No lines. Services of ${app} ${environment}: ${names(facts.services, 12) || 'none'}.`)
      : { type: 'code', text: lines.join('\n'), title: null },
    lines.length === 0
      ? null
      : quiet(
          `newest last${hasErrors ? ' · ! is standard error' : ''}${service === null && several ? ` · one service: /logs ${app} ${environment} ${facts.services[0] ?? ''}` : ''}`,
        ),
  ]);
}
