/** What a chat platform's workspace gave us when somebody installed the bot there (a Slack bot token). Sealed by its adapter; opaque here. */
export interface InstallationStore {
  /** Replaces an earlier installation of the same workspace: tokens are given out anew with each. */
  save(platform: string, workspace: string, sealed: Uint8Array, atMs: number): Promise<void>;
  find(platform: string, workspace: string): Promise<Installation | null>;
  /** False when there was none. */
  remove(platform: string, workspace: string): Promise<boolean>;
  /** In the order of the workspaces' ids. */
  list(platform: string): Promise<readonly Installation[]>;
}

export type Installation = { readonly platform: string; readonly workspace: string; readonly sealed: Uint8Array; readonly at: number };
