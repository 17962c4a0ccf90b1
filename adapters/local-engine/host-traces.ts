import { existsSync, readFileSync } from 'node:fs';
import { outputOf } from './host-command.ts';

/** What an engine leaves on a machine's network when it stops: bridges, firewall rules, forwarding. */
export type HostTraces = { readonly interfaces: readonly string[]; readonly firewall: boolean; readonly forwardPolicy: string | null };

const INTERFACES = ['docker0', 'docker_gwbridge'];
/** The engine's own chains, and the rules that jump to them or mention its bridges. */
const ENGINE_RULE = /DOCKER|docker0|docker_gwbridge/;

export async function readTraces(launcher: readonly string[]): Promise<HostTraces> {
  const rules = await outputOf([...launcher, 'iptables-save', '-t', 'filter']);
  const links = await outputOf([...launcher, 'ip', '-o', 'link']);
  return {
    interfaces: INTERFACES.filter((name) => (links ?? interfacesOf()).includes(`${name}:`)),
    firewall: ENGINE_RULE.test(rules ?? ''),
    forwardPolicy: /^:FORWARD (\w+)/m.exec(rules ?? '')?.[1] ?? null,
  };
}

/** Takes away what was not there before. Returns what could not be taken away. */
export async function removeTraces(before: HostTraces, launcher: readonly string[]): Promise<readonly string[]> {
  const now = await readTraces(launcher);
  const left: string[] = [];
  for (const name of now.interfaces.filter((candidate) => !before.interfaces.includes(candidate))) {
    if ((await outputOf([...launcher, 'ip', 'link', 'delete', name])) === null) left.push(`the network interface ${name}`);
  }
  if (now.firewall && !before.firewall && !(await removeFirewallRules(launcher))) left.push('firewall rules of the engine');
  if (before.forwardPolicy !== null && now.forwardPolicy !== before.forwardPolicy) {
    const restored = await outputOf([...launcher, 'iptables', '-P', 'FORWARD', before.forwardPolicy]);
    if (restored === null) left.push(`the FORWARD policy ${now.forwardPolicy}`);
  }
  return left;
}

async function removeFirewallRules(launcher: readonly string[]): Promise<boolean> {
  let removed = true;
  for (const table of ['filter', 'nat', 'mangle']) {
    const rules = ((await outputOf([...launcher, 'iptables-save', '-t', table])) ?? '')
      .split('\n')
      .filter((line) => ENGINE_RULE.test(line));
    const deletions = rules.filter((line) => line.startsWith('-A ')).map((line) => line.replace(/^-A /, '-D '));
    const chains = rules.flatMap((line) => /^:(DOCKER\S*) /.exec(line)?.[1] ?? []);
    for (const arguments_ of [...deletions.map(splitRule), ...chains.map((chain) => ['-X', chain])]) {
      if ((await outputOf([...launcher, 'iptables', '-t', table, ...arguments_])) === null) removed = false;
    }
  }
  return removed;
}

/** `iptables-save` quotes only comments. */
function splitRule(rule: string): readonly string[] {
  return [...rule.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function interfacesOf(): string {
  return existsSync('/proc/net/dev') ? readFileSync('/proc/net/dev', 'utf8') : '';
}
