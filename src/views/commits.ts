import type { Element } from '../chat/message.ts';
import { clip, plainLine } from '../chat/plain-text.ts';
import type { CommitRange } from '../domain/approval-facts.ts';
import { type CommitsBetween, courseOf, type SourceCommit } from '../domain/source-commits.ts';
import { text } from './compose-message.ts';
import { count, names } from './wording.ts';

const SHOWN = 5;
/** Two lines on a telephone; who wrote it stands behind. */
const SUBJECT_LENGTH = 100;
const AUTHOR_LENGTH = 40;

/** `12 by Ada and Linus, 3f9c2d1a → 8b07aa42`; the two hashes alone where nobody said what lies between. */
export function commitsField({ from, to, between }: CommitRange): string {
  const hashes = `${from.slice(0, 8)} → ${to.slice(0, 8)}`;
  const number = between === null ? null : numberOf(between);
  return number === null ? hashes : `${number}, ${hashes}`;
}

/** What somebody should notice before they read on: the newer work that this takes away. A rollback is asked for to do so. */
export function commitsWarning({ between }: CommitRange, isRollback: boolean): string | null {
  if (between === null || isRollback) return null;
  const gone = count(between.behindBy, 'commit');
  switch (courseOf(between)) {
    case 'back':
      return `A step back: it takes away ${gone} that ${between.behindBy === 1 ? 'runs' : 'run'} now.`;
    case 'diverged':
      return `The histories diverged: ${gone} that ${between.behindBy === 1 ? 'runs' : 'run'} now ${between.behindBy === 1 ? 'is' : 'are'} not in it.`;
    case 'forward':
    case 'same':
      return null;
  }
}

/** The newest first, and a link to all of them. */
export function commitsElements({ between, url }: CommitRange): readonly (Element | null)[] {
  const shown = between?.commits.slice(0, SHOWN) ?? [];
  const all = between === null ? 0 : listed(between);
  const more = all - shown.length;
  const title = between !== null && courseOf(between) === 'back' ? 'Commits taken away, newest first:' : 'Commits, newest first:';
  const lines = [title, ...shown.map(lineOf), ...(more > 0 ? [`and ${more} more`] : [])];
  return [shown.length === 0 ? null : text(lines.join('\n')), url === null ? null : { type: 'link', label: 'What was committed', url }];
}

function numberOf(between: CommitsBetween): string | null {
  const { aheadBy, behindBy } = between;
  const by = between.authors.length === 0 ? '' : ` by ${names(between.authors.map(authorOf), 3)}`;
  switch (courseOf(between)) {
    case 'forward':
      return `${aheadBy}${by}`;
    case 'back':
      return `back by ${behindBy}${by}`;
    case 'diverged':
      return `${aheadBy} come${by}, ${behindBy} go`;
    case 'same':
      return null;
  }
}

function listed(between: CommitsBetween): number {
  return courseOf(between) === 'back' ? between.behindBy : between.aheadBy;
}

/** Begins with the hash, which nobody chooses: whatever a message says, it reads as no line of our own. */
function lineOf({ hash, subject, author }: SourceCommit): string {
  return `${hash} ${clip(plainLine(subject), SUBJECT_LENGTH) || '(no message)'} · ${authorOf(author)}`;
}

function authorOf(author: string): string {
  return clip(plainLine(author), AUTHOR_LENGTH) || 'somebody';
}
