/** How the parts around Shipmate are, and by which configuration it works. */
export type OperationTables = {
  breakers: { part: string; attempt: number; because: string; since: Date; try_at: Date };
  configuration_versions: { number: number; at: number; source: string; sha: string; sealed: Buffer };
};
