import type { Finding } from '../../src/ports/app-source.ts';
import type { Cursor, Place } from './yaml/tree.ts';

const MOST_FINDINGS = 200;

/**
 * Collects what is wrong (refusals) and what a person should know (warnings), in reading order. A key at a line gets one
 * finding, the first: a variable that is missing there would only lead to complaints about the empty value it left.
 */
export class FindingLog {
  readonly #refusals = new Map<string, Finding>();
  readonly #warnings = new Map<string, Finding>();

  get refusals(): readonly Finding[] {
    return inReadingOrder(this.#refusals);
  }

  get warnings(): readonly Finding[] {
    return inReadingOrder(this.#warnings);
  }

  get isClean(): boolean {
    return this.#refusals.size === 0;
  }

  refuse(at: Cursor, problem: string, remedy: string): void {
    this.refuseAt(at.tree.place, at.key, problem, remedy);
  }

  refuseAt(place: Place, key: string, problem: string, remedy: string): void {
    add(this.#refusals, { file: place.source.name, line: place.line, key, problem, remedy });
  }

  /** For what concerns a whole file. */
  refuseFile(file: string, problem: string, remedy: string, key = ''): void {
    add(this.#refusals, { file, line: null, key, problem, remedy });
  }

  warn(at: Cursor, problem: string, remedy: string): void {
    add(this.#warnings, { file: at.tree.place.source.name, line: at.tree.place.line, key: at.key, problem, remedy });
  }

  warnFile(file: string, problem: string, remedy: string, key = ''): void {
    add(this.#warnings, { file, line: null, key, problem, remedy });
  }
}

function add(findings: Map<string, Finding>, finding: Finding): void {
  const place = `${finding.file}\0${finding.line}\0${finding.key}`;
  if (findings.size < MOST_FINDINGS && !findings.has(place)) findings.set(place, finding);
}

/** Files in the order they were first mentioned, lines from top to bottom; what concerns a whole file comes first. */
function inReadingOrder(findings: ReadonlyMap<string, Finding>): readonly Finding[] {
  const files = [...new Set([...findings.values()].map(({ file }) => file))];
  return [...findings.values()].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0));
}
