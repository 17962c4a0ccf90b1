import { Command, CommanderError } from 'commander';
import { commands } from '../commands/index.ts';
import { addAudit } from './cli/audit/program.ts';
import { runChatCommand } from './cli/chat-command.ts';
import { diffVersions, listVersions, restore, showVersion } from './cli/config/commands.ts';
import { doctor } from './cli/doctor.ts';
import { init } from './cli/init.ts';
import { listKeys, newKey, rotate } from './cli/keys.ts';
import { printDiscordManifest, printSlackManifest } from './cli/manifest.ts';
import { migrate } from './cli/migrate.ts';
import { drainNode, initialiseSwarm, joinCommand, listNodes } from './cli/nodes.ts';
import { printFailure } from './cli/print-failure.ts';
import { remove } from './cli/remove.ts';
import { serve, up, worker } from './cli/serve.ts';
import { signIn } from './cli/sign-in.ts';
import { validate } from './cli/validate.ts';

/** The composition root's front: every sub-command of `shipmate`, and every chat command as one. */
function program(): Command {
  const shipmate = new Command('shipmate')
    .description('Deploy from chat, safely')
    .showHelpAfterError('(see shipmate --help)')
    .enablePositionalOptions();

  shipmate
    .command('init')
    .description('write a workspace to start from')
    .argument('[folder]')
    .action((folder?: string) => init(folder));
  shipmate
    .command('up')
    .description('everything in one process: embedded Postgres, an engine if there is none, server and worker')
    .action(up);
  shipmate.command('serve').description('chat, API and web').action(serve);
  shipmate.command('worker').description('run deployments').action(worker);
  shipmate.command('migrate').description('bring the database up to date').action(migrate);
  shipmate.command('doctor').description('check every dependency and say how to mend it').action(doctor);
  shipmate.command('validate').description('check the environment, shipmate.yml and every app definition').action(validate);
  shipmate
    .command('demo')
    .description('the guided tour on this machine')
    .option('--exit', 'end after the tour instead of serving on, with status 0 only if every step did what it should')
    .action(async (options: { exit?: boolean }) => {
      const { demo } = await import('./cli/demo/demo.ts');
      await demo({ exit: options.exit === true });
    });
  shipmate.command('sign-in').description('a one-time link into the browser chat').argument('<person>').action(signIn);
  shipmate
    .command('remove')
    .description('take an environment off the engine: services, networks, secrets and configs')
    .argument('<app>')
    .argument('<environment>')
    .option('--volumes', 'its volumes, too')
    .requiredOption('--as <person>', 'who you are in shipmate.yml')
    .requiredOption('--yes', 'yes, remove it')
    .action(remove);

  const manifest = shipmate.command('manifest').description('what a chat platform has to know about Shipmate');
  manifest
    .command('slack')
    .description('the Slack app’s manifest, to be pasted where apps are created')
    .option('--url <address>', 'the public address, when SHIPMATE_URL is not set')
    .option('--socket-mode', 'for Socket Mode, which needs no public address to send to')
    .action(printSlackManifest);
  manifest.command('discord').description('the commands that the bot registers when it starts').action(printDiscordManifest);

  const config = shipmate.command('config').description('versions of the configuration').action(listVersions);
  config.command('list').description('all versions, newest first').action(listVersions);
  config.command('show').description('the files of one version, secret values hidden').argument('<version>').action(showVersion);
  config
    .command('diff')
    .description('what changed between two versions')
    .argument('<from>')
    .argument('[to]', 'the newest when left out')
    .action((from: string, to: string | undefined) => diffVersions(from, to));
  config
    .command('restore')
    .description('put the files of a version back; what stands there now is kept first')
    .argument('<version>')
    .requiredOption('--yes', 'yes, replace the files')
    .action((version: string) => restore(version));

  const keys = shipmate.command('keys').description('encryption keys: which one sealed how much').action(listKeys);
  keys.command('list').description('how many values each key sealed').action(listKeys);
  keys.command('new').description('a new entry for the front of SHIPMATE_KEYS').action(newKey);
  keys.command('rotate').description('seal everything anew with the first key; the others can go then').action(rotate);

  const nodes = shipmate.command('nodes').description('the engine’s nodes').action(listNodes);
  nodes.command('list').description('all nodes').action(listNodes);
  nodes.command('init').description('make this engine the manager of a new swarm').argument('<advertise-address>').action(initialiseSwarm);
  nodes.command('join').description('what to run on a new node').option('--manager', 'as a manager').action(joinCommand);
  nodes
    .command('drain')
    .description('move all tasks off a node')
    .argument('<node>')
    .action((node: string) => drainNode(node, 'drain'));
  nodes
    .command('activate')
    .description('let a node take tasks again')
    .argument('<node>')
    .action((node: string) => drainNode(node, 'active'));

  addAudit(shipmate);
  for (const command of commands) {
    if (command.name === 'doctor' || command.name === 'audit') continue;
    shipmate
      .command(command.name, { hidden: false })
      .description(`${command.summary} (a chat command, sent to the running server)`)
      .argument('[arguments...]')
      .allowUnknownOption()
      .passThroughOptions()
      .helpOption(false)
      .action((args: readonly string[]) => runChatCommand([command.name, ...args]));
  }
  return shipmate;
}

try {
  await program().exitOverride().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else process.exitCode = printFailure(error);
}
