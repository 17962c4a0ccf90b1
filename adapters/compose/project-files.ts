/** The files a definition may be read from. Reading is synchronous: there are few, they are small, and the core stays one plain function. */
export type ProjectFiles = {
  /**
   * `workspace`: named by the operator in shipmate.yml, read wherever it is. `project`: named inside an app's files, so it
   * must lie in the project folder after every symbolic link is followed.
   */
  read(path: string, scope: 'workspace' | 'project'): FileRead;
};

export type FileRead = { readonly bytes: Uint8Array } | { readonly failure: FileFailure };
export type FileFailure = 'missing' | 'outside' | 'not_a_file' | 'too_large' | 'unreadable';

const REASONS: Readonly<Record<FileFailure, readonly [problem: string, remedy: string]>> = {
  missing: ['This file does not exist.', 'Create it or correct the path.'],
  outside: ["This file lies outside the app's project folder.", 'Move it beside the Compose file: an app may read only its own folder.'],
  not_a_file: ['This is not a file.', 'Name a file.'],
  too_large: ['This file is larger than 2 MiB.', 'Use a volume or an image for large content.'],
  unreadable: ['This file cannot be read.', 'Let the bot read it (check its permissions).'],
};

export function explainFailure(failure: FileFailure): readonly [problem: string, remedy: string] {
  return REASONS[failure];
}
