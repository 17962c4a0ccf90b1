import type { StackSpec } from './stack-spec.ts';

/** Immutable: app + version + every image pinned to a digest + the rendered specification + its hash + source commit. */
export type Release = {
  readonly id: string;
  readonly app: string;
  readonly environment: string;
  readonly version: string;
  readonly spec: StackSpec;
  readonly specHash: string;
  readonly sourceCommit: string | null;
  readonly createdAt: number;
};

/** The numbered record of which release an environment ran, and when. "Last good" is a revision. */
export type Revision = {
  readonly stack: string;
  readonly number: number;
  readonly releaseId: string;
  readonly version: string;
  readonly deploymentId: string;
  readonly activeFrom: number;
  readonly activeTo: number | null;
};
