/** What operators watch. Names and help texts live with the implementation; labels are few and bounded. */
export interface Metrics {
  deploymentFinished(labels: { app: string; environment: string; kind: string; state: string }, durationMs: number): void;
  stageFinished(labels: { stage: string; state: string }, durationMs: number): void;
  commandHandled(labels: { platform: string; command: string; result: string }, durationMs: number): void;
  engineWrite(labels: { operation: string; result: string }): void;
  leaseLost(): void;
  cardProjected(lagMs: number): void;
}
