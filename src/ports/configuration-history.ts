/** What brought a content of the configuration into force. */
export const CONFIGURATION_SOURCES = ['start', 'reload', 'restore'] as const;
export type ConfigurationSource = (typeof CONFIGURATION_SOURCES)[number];

/** One file as it stood; `path` is relative to the folder of `shipmate.yml`, which is the first. */
export type ConfigurationFile = { readonly path: string; readonly text: string };

/** A content of the configuration that was in force. Numbers start at 1 and have no gaps; never changed or removed. */
export type ConfigurationVersion = {
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly source: ConfigurationSource;
  /** Keyed fingerprint of the files (Sealer): tells contents apart without helping anyone to guess a secret in them. */
  readonly sha: string;
};

/** The files are sealed, bound to `configuration/<sha>`: env files and variables may hold secrets. */
export type SealedConfiguration = ConfigurationVersion & { readonly sealed: Uint8Array };

export interface ConfigurationHistory {
  /** The newest version; in a transaction also the right to append the next one, until it ends. Null before the first. */
  lockNewest(): Promise<SealedConfiguration | null>;
  /** Gives it the next number. In the transaction of `lockNewest` and of the audit record. */
  append(version: Omit<SealedConfiguration, 'number'>): Promise<ConfigurationVersion>;
  newest(): Promise<ConfigurationVersion | null>;
  find(number: number): Promise<SealedConfiguration | null>;
  /** Newest first. */
  list(limit: number): Promise<readonly ConfigurationVersion[]>;
}
