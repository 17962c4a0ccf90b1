import { ComposeAppSource } from '../../adapters/compose/compose-app-source.ts';
import { checkTogether, readWorkspace } from '../config/workspace.ts';
import { describeFinding, type Finding } from '../ports/app-source.ts';
import { count } from '../views/wording.ts';
import { readSettingsAndWarnings } from './start.ts';
import { StartRefused } from './start-refused.ts';

/** Stands for any version where a definition needs one to be read. */
const ANY_VERSION = '0.0.0';

/** `shipmate validate`: everything people wrote, checked without starting or changing anything. */
export async function validate(): Promise<void> {
  const { settings, warnings: ofEnvironment } = readSettingsAndWarnings();
  const result = readWorkspace(settings.configFile);
  if (!result.ok) throw new StartRefused(`${settings.configFile} is not valid`, result.findings.map(describeFinding));
  const { workspace } = result;
  const findings: Finding[] = [...checkTogether(settings, workspace)];
  const warnings: Finding[] = [...result.warnings];
  const source = new ComposeAppSource({ workspace, fingerprint: () => '0'.repeat(16) });
  let environments = 0;
  for (const app of Object.values(workspace.apps)) {
    for (const environment of Object.keys(app.environments)) {
      environments += 1;
      const read = await source.read({ app: app.name, environment, version: ANY_VERSION, secrets: 'unknown' });
      if (read.ok) warnings.push(...read.warnings);
      else findings.push(...read.findings);
    }
  }
  for (const line of new Set([...ofEnvironment, ...warnings.map(describeFinding)])) process.stdout.write(`warning: ${line}\n`);
  if (findings.length > 0) throw new StartRefused('app definitions are not valid', [...new Set(findings.map(describeFinding))]);
  const apps = count(Object.keys(workspace.apps).length, 'app');
  process.stdout.write(`${settings.configFile} is valid: ${apps}, ${count(environments, 'environment')}.\n`);
}
