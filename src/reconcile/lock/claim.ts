import { type Engine, EngineError } from '../../engine/engine.ts';
import type { ContainerId, EngineName } from '../../model/id.ts';
import type { EngineLock, LockHolder } from '../../model/lock.ts';
import { withDeadline } from '../deadline.ts';
import { inspectMs } from '../deadlines.ts';
import { beatMs, type Locking, type LockProblem, leaseMs, silenceMs } from './settings.ts';

export interface Claim extends Locking {
  /** When waiting ends, by the clock. */
  readonly untilMs: number;
  /** Locks of this run, by the engine that holds them. */
  readonly own: ReadonlyMap<ContainerId, EngineName>;
}

/** `sinceMs`: before this moment the lock was not there. */
export interface Taken {
  readonly kind: 'taken';
  readonly id: ContainerId;
  readonly sinceMs: number;
}

export type Claimed = Taken | { readonly kind: 'interrupted' } | Exclude<LockProblem, { readonly kind: 'lost' }>;

const createMs = 30_000;
const pollMs = 200;
const jitterMs = 100;

/**
 * Takes the lock on one engine, waiting for whoever has it.
 *
 * A dead holder's lock is taken over: at once if its process is known to be gone, else when it has not changed for
 * {@link silenceMs} by our own clock. It is removed by id, so of several who do so none removes another's new lock.
 *
 * On a full disk no beat can be written, and silence shows nothing: it counts only if the engine has taken a write of
 * ours {@link leaseMs} ago, since when a holder that lives has either shown it or changes nothing any more.
 */
export async function claimLock(engine: Engine, claim: Claim): Promise<Claimed> {
  const watch: Watch = { seen: undefined, told: undefined };
  for (;;) {
    if (claim.stop.aborted) return { kind: 'interrupted' };
    const created = await createOrFind(engine, claim);
    if (created.kind === 'taken') return created;
    const waited = await waitUntilFree(engine, claim, watch);
    if (waited !== 'free') return waited;
  }
}

/** Tries once. A create whose answer got lost may have succeeded: then the lock that is there names us. */
export async function createOrFind(engine: Engine, locking: Locking): Promise<Taken | { readonly kind: 'conflict' }> {
  const { stack, settings, clock, abort } = locking;
  const sinceMs = clock.now();
  const limits = { engine: engine.name, clock, deadlineMs: createMs, signal: abort };
  try {
    const id = await withDeadline(limits, ({ signal }) => engine.createLock(stack, settings.owner, signal));
    return { kind: 'taken', id, sinceMs };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.code === 'conflict') return { kind: 'conflict' };
    if (error.code !== 'lost' && error.code !== 'timeout') throw error;
    const found = await read(engine, locking);
    if (found?.owner.run === settings.owner.run) return { kind: 'taken', id: found.id, sinceMs };
    if (found === undefined) throw error;
    return { kind: 'conflict' };
  }
}

/** What was seen last, and of whom the person was told. */
interface Watch {
  seen: Seen | undefined;
  told: string | undefined;
}

interface Seen {
  readonly id: ContainerId;
  readonly beats: number;
  readonly atMs: number;
  /** When the engine had taken a write of ours, first tried when the holder was silent for a while. */
  readonly writtenMs?: number;
}

async function waitUntilFree(engine: Engine, claim: Claim, watch: Watch): Promise<'free' | Exclude<Claimed, Taken>> {
  const { settings, clock, stop, untilMs } = claim;
  for (;;) {
    const askedMs = clock.now();
    const lock = await read(engine, claim);
    if (lock === undefined) return 'free';
    const other = claim.own.get(lock.id);
    if (other !== undefined) return { kind: 'same-engine', engines: [other, engine.name] };
    const death = settings.isGone(lock.owner) ? 'gone' : await silenceOf(engine, claim, { lock, askedMs, watch });
    const holder = holderOf(engine, claim, lock);
    if (death !== undefined) {
      await takeOver(engine, claim, holder, death);
      return 'free';
    }
    if (clock.now() >= untilMs) return { kind: 'held', holder };
    if (watch.told !== lock.owner.run) claim.emit({ atMs: clock.now(), type: 'lock-waiting', holder });
    watch.told = lock.owner.run;
    await clock.sleep(pollMs + settings.random() * jitterMs, stop);
    if (stop.aborted) return { kind: 'interrupted' };
  }
}

interface Sight {
  readonly lock: EngineLock;
  readonly askedMs: number;
  readonly watch: Watch;
}

/** Counts from the answer that showed a beat first to the question that showed it last: never more than it was. */
async function silenceOf(engine: Engine, claim: Claim, { lock, askedMs, watch }: Sight): Promise<'silent' | undefined> {
  const { id, beats } = lock;
  const { clock } = claim;
  const { seen } = watch;
  if (seen?.id !== id || seen.beats !== beats) {
    watch.seen = { id, beats, atMs: clock.now() };
    return undefined;
  }
  const { atMs, writtenMs } = seen;
  if (writtenMs !== undefined)
    return askedMs - atMs >= silenceMs && askedMs - writtenMs >= leaseMs ? 'silent' : undefined;
  if (askedMs - atMs < silenceMs - leaseMs) return undefined;
  const hasRoom = await takesWrites(engine, claim, id);
  watch.seen = hasRoom ? { id, beats, atMs, writtenMs: clock.now() } : { id, beats, atMs: clock.now() };
  return undefined;
}

async function takesWrites(engine: Engine, { clock, abort }: Claim, id: ContainerId): Promise<boolean> {
  const limits = { engine: engine.name, clock, deadlineMs: createMs, signal: abort };
  try {
    await withDeadline(limits, ({ signal }) => engine.probeContainer(id, signal));
    return true;
  } catch (error) {
    // A lock that is gone or going is seen at the next look.
    if (error instanceof EngineError && ['no-space', 'not-found', 'conflict'].includes(error.code)) return false;
    throw error;
  }
}

async function takeOver(engine: Engine, claim: Claim, holder: LockHolder, because: 'gone' | 'silent'): Promise<void> {
  const { clock, abort, emit } = claim;
  const limits = { engine: engine.name, clock, deadlineMs: createMs, signal: abort };
  await withDeadline(limits, ({ signal }) => engine.releaseLock(holder.id, signal));
  emit({ atMs: clock.now(), type: 'lock-taken-over', holder, because });
}

/** Who holds the stack's lock on an engine. */
export async function readHolder(
  engine: Engine,
  locking: Pick<Locking, 'stack' | 'clock' | 'abort'>,
): Promise<LockHolder | undefined> {
  const lock = await read(engine, locking);
  return lock && holderOf(engine, locking, lock);
}

function read(engine: Engine, { stack, clock, abort }: Pick<Locking, 'stack' | 'clock' | 'abort'>) {
  const limits = { engine: engine.name, clock, deadlineMs: inspectMs, signal: abort };
  return withDeadline(limits, ({ signal }) => engine.readLock(stack, signal));
}

const holderOf = (
  { name }: Engine,
  { stack }: Pick<Locking, 'stack'>,
  { id, owner, beats }: EngineLock,
): LockHolder => ({ stack, engine: name, id, owner, heldMs: beats * beatMs });
