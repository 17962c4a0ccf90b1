import { keepConfiguration } from '../application/keep-configuration.ts';
import { patiently } from '../application/persist.ts';
import type { ConfigurationSource } from '../ports/configuration-history.ts';
import type { Closers } from './closers.ts';
import type { LiveWorkspace } from './live-workspace.ts';
import type { OpenedParts } from './open-parts.ts';

/**
 * Keeps what is in force, now and after every change, as numbered versions. A database that is away is waited for: the
 * content is in force meanwhile, since nothing can be deployed without the database either.
 */
export async function keepVersions(parts: OpenedParts, workspace: LiveWorkspace, closers: Closers): Promise<void> {
  const stop = new AbortController();
  const persist = patiently(stop.signal);
  const keep = async (source: ConfigurationSource): Promise<void> => {
    const { files } = workspace;
    const [version] = await persist(() => keepConfiguration(parts, [{ files, source }]));
    parts.logger.info({ version: version?.number, source }, 'configuration in force');
  };
  const first = keep('start');
  // Before anything is waited for: a change during the start counts too.
  let last = first.catch(() => undefined);
  workspace.onChange(() => {
    last = last
      .then(() => keep('reload'))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) parts.logger.error({ error }, 'the content in force could not be kept as a version');
      });
  });
  closers.add('configuration history', async () => {
    stop.abort();
    await last;
  });
  await first;
}
