import { type Command, Option } from 'commander';
import { runChatCommand } from '../chat-command.ts';
import { type ExportOptions, exportTrail, printHead, type VerifyOptions, verify } from './commands.ts';

/** `shipmate audit …`. With an app instead of one of these it is the chat command of that name. */
export function addAudit(shipmate: Command): void {
  const audit = shipmate
    .command('audit')
    .description('the audit trail: verify, export, head; with an app the chat command /audit')
    .argument('[arguments...]')
    .allowUnknownOption()
    .passThroughOptions()
    .action((args: readonly string[]) => runChatCommand(['audit', ...args]));
  audit
    .command('verify')
    .description('is every record as it was written? Status 1 and the first bad one when not')
    .option('--file <export>', 'the JSON lines of an export instead of the database, - for standard input')
    .addOption(
      new Option('--head <seq:hash>', 'a head that was kept elsewhere, to show that nothing was cut off; may be repeated')
        .default([])
        .argParser((head: string, heads: readonly string[]) => [...heads, head]),
    )
    .option('--excerpt', 'the file is a part (--since, --until, --app): check each record by itself')
    .action(async (options: VerifyOptions) => {
      process.exitCode = await verify(options, process);
    });
  audit
    .command('head')
    .description('the end of the trail, as <seq:hash>, to be kept elsewhere')
    .action(() => printHead(process));
  audit
    .command('export')
    .description('the trail on standard output, oldest first')
    .option('--format <format>', 'jsonl, which verify reads, or csv for spreadsheets', 'jsonl')
    .option('--since <time>', 'recorded since then, for example 7d or 2026-11-01')
    .option('--until <time>', 'recorded before then')
    .option('--app <app>', 'of one app and its environments')
    .action((options: ExportOptions) => exportTrail(options, process));
}
