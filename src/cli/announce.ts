/** What a person should know before or while it happens; on standard error, so that standard output stays for results. */
export function announce(text: string): void {
  process.stderr.write(`${text}\n`);
}
