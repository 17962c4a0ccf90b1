import type { ChatIntake } from '../../chat/chat-intake.ts';
import { DurableIntake } from './durable-intake.ts';
import type { IntakeParts } from './parts.ts';

export type StartedIntake = {
  readonly intake: ChatIntake;
  /** Ends what is under way and leaves the rest to other processes, or to the next start. */
  stop(): Promise<void>;
};

/**
 * Deliveries from chat platforms, kept before they are acknowledged and worked on in this process at once. It also takes over
 * what was kept and is not answered, by itself before a restart or by another process that died.
 */
export function startIntake(parts: IntakeParts): StartedIntake {
  const intake = new DurableIntake(parts);
  const running = intake.run();
  return {
    intake,
    async stop() {
      await intake.stop();
      await running;
    },
  };
}
