import type { Desired } from '../../src/model/desired.ts';
import type { Event } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Request } from '../../src/model/request.ts';
import type { LockSettings } from '../../src/reconcile/lock/settings.ts';
import { reconcile } from '../../src/reconcile/reconcile.ts';
import type { Outcome } from '../../src/reconcile/run.ts';
import { stack } from './builders.ts';
import type { Connection } from './memory-client.ts';

/** A run against in-memory engines, in their time, with everything that it said. */
export interface Run {
  readonly outcome: Outcome;
  readonly events: readonly Event[];
  readonly plans: readonly Plan[];
}

export interface RunOptions {
  readonly desired: Desired | undefined;
  readonly request: Request;
  readonly connections: readonly Connection[];
  readonly stop?: AbortSignal;
  readonly abort?: AbortSignal;
  readonly onEvent?: (event: Event) => void;
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  readonly lock?: LockSettings;
}

/** Carries a request out. Of several engines the first one's clock counts. */
export async function run({
  desired,
  request,
  connections,
  stop,
  abort,
  onEvent,
  confirm,
  lock,
}: RunOptions): Promise<Run> {
  const clock = connections[0]?.clock;
  if (clock === undefined) throw new Error('a run needs an engine');
  const events: Event[] = [];
  const outcome = await reconcile({
    stack,
    desired,
    request,
    engines: connections.map(({ engine }) => engine),
    emit: (event) => {
      events.push(event);
      onEvent?.(event);
    },
    stop: stop ?? new AbortController().signal,
    abort: abort ?? new AbortController().signal,
    now: clock.now,
    sleep: clock.sleep,
    parallel: undefined,
    ...(confirm !== undefined && { confirm }),
    ...(lock !== undefined && { lock }),
  });
  return { outcome, events, plans: events.flatMap((event) => (event.type === 'round-started' ? event.plan : [])) };
}
