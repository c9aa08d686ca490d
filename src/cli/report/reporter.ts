import type { Emit } from '../../model/event.ts';

/** Tells a person or a program how a run goes. */
export interface Reporter {
  readonly emit: Emit;
  /** Says what is left to say and lets go of the terminal. Call it once, whatever became of the run. */
  end(): Promise<void>;
}

/** Where a reporter writes, and the clock of the events. */
export interface ReporterOutput {
  readonly output: NodeJS.WritableStream;
  readonly hasColor: boolean;
  /** Monotonic milliseconds, as in `Event.atMs`. */
  readonly now: () => number;
}
