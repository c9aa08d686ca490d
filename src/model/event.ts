import type { EngineName } from './id.ts';
import type { LockHolder } from './lock.ts';
import type { Notice, Plan, Step } from './plan.ts';

/** How far a long step is. Bytes where the engine tells them. */
export type Progress =
  | { readonly kind: 'bytes'; readonly done: number; readonly total: number }
  /** One line from the engine or a builder; may hold control sequences until it is printed. */
  | { readonly kind: 'text'; readonly text: string };

/** Everything a run tells the outside. Reporters fold these; nothing else is shared. `atMs` is a monotonic clock. */
export type Event = { readonly atMs: number } & (
  | {
      readonly type: 'run-started';
      readonly stack: string;
      readonly command: string;
      readonly engines: readonly EngineName[];
    }
  | { readonly type: 'round-started'; readonly round: number; readonly plan: Plan }
  | { readonly type: 'step-started'; readonly step: Step }
  | { readonly type: 'step-progress'; readonly step: Step; readonly progress: Progress }
  | { readonly type: 'step-done'; readonly step: Step; readonly elapsedMs: number }
  | {
      readonly type: 'step-failed';
      readonly step: Step;
      readonly elapsedMs: number;
      readonly message: string;
      /** What to do about it, where we know. */
      readonly hint: string | undefined;
      readonly details: readonly string[];
    }
  | {
      readonly type: 'step-skipped';
      readonly step: Step;
      readonly because: 'dependency' | 'interrupted';
      readonly failed: Step | undefined;
    }
  | { readonly type: 'notice'; readonly notice: Notice }
  | {
      readonly type: 'engine-state';
      readonly engine: EngineName;
      readonly state: 'lost' | 'back';
      readonly message: string;
    }
  /** Another run changes this stack, and this one waits. */
  | { readonly type: 'lock-waiting'; readonly holder: LockHolder }
  | {
      readonly type: 'lock-taken-over';
      /** Who had it. */
      readonly holder: LockHolder;
      /** `gone`: the process is not there any more. `silent`: no sign of life for too long. */
      readonly because: 'gone' | 'silent';
    }
  /** Somebody else took the lock, or it cannot be kept: what is in flight ends, nothing new begins. */
  | { readonly type: 'lock-lost'; readonly stack: string; readonly engine: EngineName }
  | { readonly type: 'interrupted'; readonly inFlight: number }
  | {
      readonly type: 'run-ended';
      /** `partial`: an engine is absent or was lost, and all the others are as they should be. */
      readonly outcome: 'converged' | 'partial' | 'failed' | 'interrupted';
      readonly rounds: number;
      readonly elapsedMs: number;
    }
);

export type Emit = (event: Event) => void;
