/** Shipmate does not start like this; `findings` say what to mend, one line each. Printed without a stack trace. */
export class StartRefused extends Error {
  readonly findings: readonly string[];

  constructor(message: string, findings: readonly string[]) {
    super(message);
    this.name = 'StartRefused';
    this.findings = findings;
  }
}
