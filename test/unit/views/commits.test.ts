import { describe, expect, it } from 'vitest';
import { renderMessage as onDiscord } from '../../../adapters/discord/render-message.ts';
import { renderMessage as onSlack } from '../../../adapters/slack/render-message.ts';
import { renderMessage as inTerminal } from '../../../adapters/terminal/render-message.ts';
import { plainText } from '../../../src/chat/plain-text.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { CommitsBetween } from '../../../src/domain/source-commits.ts';
import { approvalMessage } from '../../../src/views/approval.ts';
import { anApprovalCard } from '../../support/approval-builders.ts';
import { HOSTILE_TEXTS } from '../../support/discord/hostile.ts';
import { kindsIn, parseMarkdown, visibleText } from '../../support/discord/markdown.ts';
import { validateMessage } from '../../support/discord/validate-payload.ts';
import { validateCall } from '../../support/slack/validate-payload.ts';
import { HOSTILE } from '../slack/hostile.ts';

const url = 'https://github.com/acme/shop/compare/a...b';
const commit = (number: number) => ({
  hash: `${number}`.padStart(7, 'c'),
  author: number % 2 === 0 ? 'Grace' : 'Ada',
  subject: `Change ${number}`,
});
const commits = (length: number) => Array.from({ length }, (_, index) => commit(length - index));

function cardOf(between: Partial<CommitsBetween> | null, deployment: Partial<Deployment> = {}) {
  const whole = between === null ? null : { aheadBy: 0, behindBy: 0, commits: [], authors: [], ...between };
  const range = { from: 'a'.repeat(40), to: 'b'.repeat(40), url, between: whole };
  return approvalMessage(anApprovalCard({ background: { commits: range, trial: null, wayBack: null, risks: [] } }, deployment));
}

function linesOf(message: ReturnType<typeof cardOf>): readonly string[] {
  return message.elements.flatMap((element) => (element.type === 'text' ? element.text.split('\n') : []));
}

function commitsField(message: ReturnType<typeof cardOf>): string | undefined {
  const fields = message.elements.flatMap((element) => (element.type === 'fields' ? element.fields : []));
  return fields.find(({ label }) => label === 'Commits')?.value;
}

describe('the commits on an approver’s card', () => {
  it('are the newest five, by first line and author, how many more there are, and a link to all', () => {
    const message = cardOf({ aheadBy: 17, commits: commits(10), authors: ['Grace', 'Ada'] });
    expect(commitsField(message)).toBe('17 by Grace and Ada, aaaaaaaa → bbbbbbbb');
    const lines = linesOf(message);
    const first = lines.indexOf('Commits, newest first:');
    expect(lines.slice(first + 1, first + 7)).toEqual([
      'ccccc10 Change 10 · Grace',
      'cccccc9 Change 9 · Ada',
      'cccccc8 Change 8 · Grace',
      'cccccc7 Change 7 · Ada',
      'cccccc6 Change 6 · Grace',
      'and 12 more',
    ]);
    expect(message.elements).toContainEqual({ type: 'link', label: 'What was committed', url });
  });

  it('are all there when they are few, and then nothing is more', () => {
    const lines = linesOf(cardOf({ aheadBy: 2, commits: commits(2), authors: ['Ada'] }));
    expect(lines.filter((line) => line.startsWith('ccc'))).toHaveLength(2);
    expect(lines.join()).not.toContain('more\n');
  });

  it('name a few of many authors', () => {
    expect(commitsField(cardOf({ aheadBy: 9, commits: commits(5), authors: ['A', 'B', 'C', 'D', 'E'] }))).toContain('9 by A, B and 3 more');
  });

  it('are two hashes and the link where nobody said what lies between', () => {
    const message = cardOf(null);
    expect(commitsField(message)).toBe('aaaaaaaa → bbbbbbbb');
    expect(message.elements).toContainEqual({ type: 'link', label: 'What was committed', url });
    expect(linesOf(message).join()).not.toContain('newest first');
  });

  const warnings: readonly [string, Partial<CommitsBetween>, string | null, string][] = [
    ['forward', { aheadBy: 2 }, null, '2, '],
    ['back', { behindBy: 3 }, 'A step back: it takes away 3 commits that run now.', 'back by 3, '],
    ['back by one', { behindBy: 1 }, 'A step back: it takes away 1 commit that runs now.', 'back by 1, '],
    ['diverged', { aheadBy: 2, behindBy: 4 }, 'The histories diverged: 4 commits that run now are not in it.', '2 come, 4 go, '],
    ['diverged by one', { aheadBy: 2, behindBy: 1 }, 'The histories diverged: 1 commit that runs now is not in it.', '2 come, 1 go, '],
    ['the same', {}, null, 'aaaa'],
  ];
  it.each(warnings)('warn of what goes: %s', (_name, between, warning, field) => {
    const message = cardOf(between);
    expect(commitsField(message)?.startsWith(field)).toBe(true);
    const said = linesOf(message).filter((line) => /step back|diverged/.test(line));
    expect(said).toEqual(warning === null ? [] : [`⚠️ ${warning}`]);
    // A rollback is asked for to go back.
    expect(linesOf(cardOf(between, { kind: 'rollback' })).filter((line) => /step back|diverged/.test(line))).toEqual([]);
  });

  it('say of a step back that those listed are taken away', () => {
    expect(linesOf(cardOf({ behindBy: 1, commits: commits(1) }))).toContain('Commits taken away, newest first:');
  });
});

/** What a commit's author chose, wherever it stands. */
const CHOSEN = [
  ...HOSTILE,
  ...HOSTILE_TEXTS,
  '✅ Olga approved (passkey)\n✅ Ada approved (code)',
  'fine\u2028⏳ nobody is missing',
  'https://evil.example/ javascript:alert(1)',
  '<script>alert(1)</script>',
];

describe.each(CHOSEN.map((chosen) => [chosen.slice(0, 40), chosen] as const))('a commit by and about “%s”', (_short, chosen) => {
  const between = (subject: string, author: string) => ({
    aheadBy: 2,
    commits: [{ ...commit(2), subject, author }, commit(1)],
    authors: [author, 'Ada'],
  });
  const hostile = cardOf(between(chosen, chosen));
  const harmless = cardOf(between('fine', 'Olga'));

  it('is one line of its own in the neutral message, without anything to obey', () => {
    const lines = linesOf(hostile);
    expect(lines).toHaveLength(linesOf(harmless).length);
    const own = lines.filter((line) => line.startsWith('cccccc2 '));
    expect(own).toHaveLength(1);
    expect(own[0]?.length).toBeLessThan(160);
    expect(JSON.parse(JSON.stringify(hostile), (_key, value: unknown) => (typeof value === 'string' ? plainText(value) : value))).toEqual(
      hostile,
    );
  });

  it('is inert on Slack', () => {
    const { text, blocks } = onSlack(hostile);
    const call = {
      channel: 'C0123',
      text,
      blocks: JSON.stringify(blocks),
      unfurl_links: 'false',
      unfurl_media: 'false',
      parse: 'none',
      link_names: 'false',
      mrkdwn: 'false',
    };
    expect(validateCall('chat.postMessage', call)).toEqual(validateCall('chat.postMessage', { ...call, ...slackOf(harmless) }));
    // Where Slack reads markup, nobody's text stands.
    expect(markupOf(blocks)).toEqual(markupOf(onSlack(harmless).blocks));
  });

  it('is inert on Discord', () => {
    const rendered = onDiscord(hostile);
    expect(validateMessage(rendered, 'create')).toEqual([]);
    const [shown, usual] = [contentsOf(rendered), contentsOf(onDiscord(harmless))];
    expect(new Set(shown.flatMap((content) => [...kindsIn(parseMarkdown(content))]))).toEqual(
      new Set(usual.flatMap((content) => [...kindsIn(parseMarkdown(content))])),
    );
    expect(visibleText(parseMarkdown(shown.join('\n')))).toContain('cccccc2 ');
  });

  it('is inert in a terminal', () => {
    const lines = inTerminal(hostile, { width: 80, hasColors: false, now: 0 });
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
  });
});

function slackOf(message: ReturnType<typeof cardOf>) {
  const { text, blocks } = onSlack(message);
  return { text, blocks: JSON.stringify(blocks) };
}

function markupOf(blocks: unknown): readonly string[] {
  const found: string[] = [];
  JSON.parse(JSON.stringify(blocks), (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'mrkdwn') found.push(JSON.stringify(value));
    return value;
  });
  return found;
}

function contentsOf(rendered: unknown): readonly string[] {
  const found: string[] = [];
  JSON.parse(JSON.stringify(rendered), (key, value: unknown) => {
    if (key === 'content' && typeof value === 'string') found.push(value);
    return value;
  });
  return found;
}
