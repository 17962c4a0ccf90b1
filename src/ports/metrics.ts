/** What operators watch. Names and help texts live with the implementation; labels are few and bounded. */
export interface Metrics {
  deploymentFinished(labels: { app: string; environment: string; kind: string; state: string }, durationMs: number): void;
  stageFinished(labels: { stage: string; state: string }, durationMs: number): void;
  /** `waitedMs` from the request to this end of it. */
  approvalEnded(labels: { app: string; environment: string; outcome: string }, waitedMs: number): void;
  commandHandled(labels: { platform: string; command: string; result: string }, durationMs: number): void;
  engineWrite(labels: { operation: string; result: string }): void;
  leaseLost(): void;
  cardProjected(lagMs: number): void;
}

/** The same for what goes to and comes from chat platforms outside. */
export interface DeliveryMetrics {
  /** One attempt; `result` is the kind of its outcome. */
  messageAttempted(labels: { platform: string; operation: string; result: string }, durationMs: number): void;
  /** From the moment something was to be shown to the moment it stands there. */
  messageShown(labels: { platform: string; urgency: string }, lagMs: number): void;
  messagesPending(platform: string, count: number): void;
  deliveryAccepted(labels: { platform: string; result: string }, durationMs: number): void;
}
