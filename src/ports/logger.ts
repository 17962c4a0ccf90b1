/** Structured log. Bindings such as `deploymentId` and `stack` make every line findable; values under secret-looking keys are redacted. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: object): Logger;
}
