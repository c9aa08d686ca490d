import type { Engine } from '../../engine/engine.ts';
import type { SwarmLook } from '../../engine/swarm/port.ts';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { inspectMs } from '../deadlines.ts';
import { swarmOf } from './perform.ts';

/** Looks at a whole stack for everybody who waits for one of its services: thirty waits cost what one costs. */
export interface SwarmWatcher {
  /** A look that begins after this call. */
  readonly next: (signal: AbortSignal) => Promise<SwarmLook>;
}

const pollMs = 400;

/** The first look comes at once, the others a moment apart. */
export function watchSwarm(engine: Engine, stack: string, clock: Clock): SwarmWatcher {
  let pending: Promise<SwarmLook> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const take = async (signal: AbortSignal): Promise<SwarmLook> => {
    await clock.sleep(Math.max(1, lookedAt + pollMs - clock.now()), signal);
    pending = undefined;
    lookedAt = clock.now();
    const limits = { engine: engine.name, clock, deadlineMs: inspectMs, signal };
    return withDeadline(limits, (limited) => swarmOf(engine).look(stack, limited.signal));
  };
  return { next: (signal) => (pending ??= take(signal)) };
}
