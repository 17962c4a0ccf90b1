import type { ObservedTask } from '../../src/domain/observed.ts';

/** What becomes of a task, counted from when it was made. */
export type TaskBehaviour =
  | { readonly kind: 'healthy'; readonly afterMs: number }
  | { readonly kind: 'crashes'; readonly afterMs: number }
  | { readonly kind: 'never_healthy' }
  | { readonly kind: 'fails_later'; readonly afterMs: number; readonly runMs: number }
  /** For jobs; a job whose image has another behaviour ends well after it. */
  | { readonly kind: 'ends'; readonly afterMs: number; readonly exitCode: number };

const ENDED: ReadonlySet<string> = new Set(['complete', 'failed', 'rejected', 'shutdown']);
let taskIds = 0;

/** One task, moving through its states by timers. */
export class FakeTask {
  readonly id = `task-${++taskIds}`;
  readonly slot: number;
  readonly image: string;
  /** Of which specification of its service it is. */
  readonly generation: number;
  readonly createdAt = Date.now();
  state = 'starting';
  desiredState = 'running';
  stateSince = Date.now();
  error: string | null = null;
  exitCode: number | null = null;
  #timers: NodeJS.Timeout[] = [];
  readonly #onChange: (task: FakeTask) => void;

  constructor(
    slot: number,
    image: string,
    generation: number,
    behaviour: TaskBehaviour,
    isJobTask: boolean,
    onChange: (task: FakeTask) => void,
  ) {
    this.slot = slot;
    this.image = image;
    this.generation = generation;
    this.#onChange = onChange;
    this.#schedule(behaviour, isJobTask);
  }

  get hasEnded(): boolean {
    return ENDED.has(this.state);
  }

  stop(): void {
    this.desiredState = 'shutdown';
    if (!this.hasEnded) this.#enter('shutdown');
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  observed(service: string, isCurrent: boolean): ObservedTask {
    return {
      id: this.id,
      service,
      slot: this.slot,
      nodeId: 'node-1',
      image: this.image,
      isCurrent,
      state: this.state,
      desiredState: this.desiredState,
      message: this.state,
      error: this.error,
      exitCode: this.exitCode,
      containerId: `container-of-${this.id}`,
      createdAt: this.createdAt,
      stateSince: this.stateSince,
    };
  }

  #schedule(behaviour: TaskBehaviour, isJobTask: boolean): void {
    switch (behaviour.kind) {
      case 'never_healthy':
        break;
      case 'crashes':
        this.#after(behaviour.afterMs, () => this.#fail(1));
        break;
      case 'ends':
        this.#after(behaviour.afterMs, () => (behaviour.exitCode === 0 ? this.#complete() : this.#fail(behaviour.exitCode)));
        break;
      case 'fails_later':
        this.#after(behaviour.afterMs, () => this.#enter('running'));
        this.#after(behaviour.afterMs + behaviour.runMs, () => this.#fail(1));
        break;
      case 'healthy':
        this.#after(behaviour.afterMs, () => (isJobTask ? this.#complete() : this.#enter('running')));
        break;
    }
  }

  #after(ms: number, step: () => void): void {
    this.#timers.push(setTimeout(() => !this.hasEnded && step(), ms));
  }

  #complete(): void {
    this.exitCode = 0;
    this.#enter('complete');
  }

  #fail(exitCode: number): void {
    this.exitCode = exitCode;
    this.error = `task: non-zero exit (${exitCode})`;
    this.desiredState = 'shutdown';
    this.#enter('failed');
  }

  #enter(state: string): void {
    this.state = state;
    this.stateSince = Date.now();
    if (this.hasEnded) this.dispose();
    this.#onChange(this);
  }
}
