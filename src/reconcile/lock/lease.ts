import { type Engine, EngineError } from '../../engine/engine.ts';
import type { ContainerId, EngineName } from '../../model/id.ts';
import { withDeadline } from '../deadline.ts';
import { createOrFind, type Taken } from './claim.ts';
import { beatMs, type Locking, leaseMs } from './settings.ts';

/** The lock on one engine, kept alive. */
export interface Lease {
  readonly engine: EngineName;
  readonly id: () => ContainerId;
  /** Whether nobody else can have the lock at this moment. Costs nothing: ask before every change. */
  readonly isHeld: () => boolean;
  /** Fires when the lock is gone for good. */
  readonly lost: AbortSignal;
  /** Counts the lock as lost. */
  readonly giveUp: () => void;
  /** Gives the lock back, as far as that takes little time; a lock that stays is taken over by whoever comes next. */
  readonly release: () => Promise<void>;
}

const signMs = 3_000;
const retryMs = 500;
const releaseMs = 5_000;
const hurryMs = 500;

/**
 * Keeps a lock by a beat every {@link beatMs}.
 *
 * An engine that does not answer suspends the lease: nobody else sees a sign of life, so after {@link leaseMs} nothing
 * is changed. When it answers again and has the lock still, the lock is exchanged for a new one, which those who
 * were about to remove the old one do not know. If it is gone, the lease is lost.
 *
 * A beat for which the disk has no room was not written, and others see no sign of life; but the engine found the lock
 * there, and nobody takes a lock over before the disk takes writes again, for so long that we have beaten or have let
 * the lease run out. So it keeps the lease, that the run may put back what it can and tell of the disk.
 */
export function keepLease(engine: Engine, taken: Taken, locking: Locking): Lease {
  const { clock, abort } = locking;
  const state: State = {
    engine,
    locking,
    id: taken.id,
    beats: 0,
    provenMs: taken.sinceMs,
    lost: new AbortController(),
  };
  const ended = new AbortController();
  const keeping = keep(state, ended.signal);
  return {
    engine: engine.name,
    id: () => state.id,
    isHeld: () => !state.lost.signal.aborted && clock.now() - state.provenMs <= leaseMs,
    lost: state.lost.signal,
    giveUp: () => lose(state),
    async release() {
      ended.abort();
      const done = new AbortController();
      await Promise.race([keeping.then(() => letGo(state)), patience(locking, done.signal)]);
      done.abort();
    },
  };

  async function patience({ clock: { sleep, now } }: Locking, done: AbortSignal): Promise<void> {
    // An engine that has not answered for so long is hardly going to now.
    if (now() - state.provenMs <= leaseMs) await sleep(releaseMs, AbortSignal.any([abort, done]));
    if (abort.aborted || now() - state.provenMs > leaseMs) await sleep(hurryMs, done);
  }
}

interface State {
  readonly engine: Engine;
  readonly locking: Locking;
  readonly lost: AbortController;
  id: ContainerId;
  beats: number;
  /** When the last sign was sent that found the lock in its place. */
  provenMs: number;
}

async function keep(state: State, ended: AbortSignal): Promise<void> {
  const { sleep } = state.locking.clock;
  for (let pauseMs = beatMs; ; ) {
    await sleep(pauseMs, ended);
    if (ended.aborted || state.lost.signal.aborted) return;
    pauseMs = (await proved(state)) ? beatMs : retryMs;
  }
}

async function proved(state: State): Promise<boolean> {
  const { engine, locking, id, provenMs } = state;
  const { clock } = locking;
  const sentMs = clock.now();
  state.beats += 1;
  try {
    await bounded(state, signMs, (signal) => engine.beatLock(id, state.beats, signal));
    if (sentMs - provenMs > leaseMs) return await exchange(state);
    state.provenMs = sentMs;
    return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.code === 'not-found') lose(state);
    if (error.code === 'no-space' && sentMs - provenMs <= leaseMs) state.provenMs = sentMs;
    return false;
  }
}

async function exchange(state: State): Promise<boolean> {
  const { engine, locking, id } = state;
  await bounded(state, signMs, (signal) => engine.releaseLock(id, signal));
  const created = await createOrFind(engine, locking);
  if (created.kind === 'conflict') {
    lose(state);
    return false;
  }
  state.id = created.id;
  state.beats = 0;
  state.provenMs = created.sinceMs;
  return true;
}

function lose({ engine, locking, lost }: State): void {
  if (lost.signal.aborted) return;
  locking.emit({ atMs: locking.clock.now(), type: 'lock-lost', stack: locking.stack, engine: engine.name });
  lost.abort();
}

async function letGo(state: State): Promise<void> {
  if (state.lost.signal.aborted) return;
  try {
    await bounded(state, releaseMs, (signal) => state.engine.releaseLock(state.id, signal));
  } catch (error) {
    // The run has ended as it has; whoever comes next finds nobody behind this lock.
    if (!(error instanceof EngineError)) throw error;
  }
}

/** Not cut by an interruption: the lock is kept until the end, and has its own patience there. */
function bounded(
  { engine, locking: { clock } }: State,
  deadlineMs: number,
  call: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limits = { engine: engine.name, clock, deadlineMs, signal: new AbortController().signal };
  return withDeadline(limits, ({ signal }) => call(signal));
}
