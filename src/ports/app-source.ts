import type { StackSpec } from '../domain/stack-spec.ts';

/** Reads an app's definition (Compose file, override per environment, `x-shipmate`) for one environment and version. */
export interface AppSource {
  /** Never throws for what people wrote: findings say file, line, key and the way out. */
  read(request: AppSourceRequest): Promise<AppSourceResult>;
}

export type AppSourceRequest = {
  readonly app: string;
  readonly environment: string;
  readonly version: string | null;
  /** What `/secret set` keeps for this environment; none when left out. `unknown`: it cannot be asked, so a secret that is set nowhere else is only warned about. */
  readonly secrets?: (() => Promise<StoredSecrets>) | 'unknown';
};

/** Secrets by name. A value is opened only where a Compose secret names it; nothing else can read one. */
export type StoredSecrets = { has(name: string): boolean; open(name: string): Uint8Array };

export type AppSourceResult =
  | {
      readonly ok: true;
      /** Images not pinned yet. */
      readonly spec: StackSpec;
      /** Bytes of secrets and configs by key. Never logged, never stored unsealed, never part of the plan. */
      readonly contents: FileContents;
      readonly warnings: readonly Finding[];
      readonly sourceCommit: string | null;
      /** The version that was used: the asked one, or the definition's default. Null when the definition uses no version. */
      readonly version: string | null;
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

export type FileContents = { readonly secrets: ReadonlyMap<string, Uint8Array>; readonly configs: ReadonlyMap<string, Uint8Array> };

export type Finding = {
  readonly file: string;
  /** 1-based; null when the whole file is meant. */
  readonly line: number | null;
  /** `services.web.ports[0]` */
  readonly key: string;
  readonly problem: string;
  /** What to write instead. */
  readonly remedy: string;
};

export function describeFinding(finding: Finding): string {
  const place = finding.line === null ? finding.file : `${finding.file}:${finding.line}`;
  return `${place} ${finding.key}: ${finding.problem} ${finding.remedy}`.trim();
}
