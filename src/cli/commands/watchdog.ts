import { type Engine, EngineError } from '../../engine/engine.ts';
import { sleep } from '../../reconcile/clock.ts';
import { reconcile } from '../../reconcile/reconcile.ts';
import { defaultLostAfterMs } from '../../reconcile/vigil.ts';
import { type Carrying, watchStack } from '../../reconcile/watchdog/watchdog.ts';
import type { LoadedStack } from '../../spec/load.ts';
import type { Invocation } from '../arguments/command.ts';
import { done, type Ending, endingOf, interruptedBy, refused, UsageError } from '../exit.ts';
import { lockedOut } from '../locks.ts';
import { withEngines } from '../observing.ts';
import { openProgress } from '../progress.ts';
import { type Interruption, interruptible } from '../signals.ts';
import { loadFor } from '../stack.ts';
import { safeText } from '../text/safe-text.ts';
import type { WatchdogValues } from '../usage/watchdog.ts';
import { createNarrator, type Narrator } from '../watchdog/narrator.ts';

const leastLostAfterMs = 1_000;

/** `stack watchdog`: stays until a signal, which is its good end. */
export async function runWatchdog(invocation: Invocation<WatchdogValues>): Promise<Ending> {
  const { context, root, flags } = invocation;
  const { lostAfter = defaultLostAfterMs } = flags;
  if (lostAfter < leastLostAfterMs) throw new UsageError('--lost-after is one second at least');
  const loaded = await loadFor(context, root, {});
  if (!loaded.ok) return loaded.ending;
  if (loaded.value.target === 'swarm')
    throw new UsageError('a swarm keeps its services running by itself: no watchdog is needed');
  const interruption = interruptible(context.signals);
  const isJson = root.progress === 'json';
  const lines = { ...root, progress: root.progress === 'auto' || root.progress === 'tty' ? 'plain' : root.progress };
  const narrator = createNarrator(() => openProgress(context, lines, false), isJson);
  try {
    await withEngines(invocation, (engines) =>
      watch({ invocation, loaded: loaded.value, engines, interruption, narrator, lostAfter }),
    );
    const isHurried = interruption.abort.aborted;
    return isHurried ? interruptedBy(interruption.signal() ?? 'SIGTERM') : done;
  } finally {
    await narrator.end();
    interruption.end();
  }
}

interface Watch {
  readonly invocation: Invocation<WatchdogValues>;
  readonly loaded: LoadedStack;
  readonly engines: readonly Engine[];
  readonly interruption: Interruption;
  readonly narrator: Narrator;
  readonly lostAfter: number;
}

async function watch(watching: Watch): Promise<void> {
  const { invocation, loaded, engines, interruption, narrator, lostAfter } = watching;
  const { context, root } = invocation;
  const warn = (message: string): void => {
    const notice = { code: 'watchdog', address: undefined, message, hint: undefined };
    if (root.progress === 'json') narrator.emit({ atMs: context.now(), type: 'notice', notice });
    else context.stderr.write(`! ${safeText(message)}\n`);
  };
  await watchStack({
    stack: loaded.project.name,
    desired: loaded.desired,
    load: async () => {
      const again = await loadFor(context, root, {});
      if (!again.ok) warn(again.ending.lines.join('\n'));
      return again.ok ? again.value.desired : undefined;
    },
    engines,
    clock: { now: context.now, sleep },
    lostAfterMs: lostAfter,
    emit: narrator.emit,
    warn,
    signal: interruption.stop,
    carryOut: async (carrying) => {
      for (const line of await carryOut(watching, carrying)) warn(line);
    },
  });
}

/** One run of the executor. Gives what the reporter does not tell. */
async function carryOut(
  { invocation: { context, root }, loaded, engines, interruption, narrator }: Watch,
  { desired, request, lost, onPlan }: Carrying,
): Promise<readonly string[]> {
  const { owner, isGone, random } = await context.locker();
  const reporter = narrator.begin();
  try {
    const outcome = await reconcile({
      stack: loaded.project.name,
      desired,
      request,
      engines,
      lost,
      emit(event) {
        if (event.type === 'round-started') onPlan(event.plan);
        reporter.emit(event);
      },
      stop: interruption.stop,
      abort: interruption.abort,
      now: context.now,
      parallel: root.parallel,
      lock: { owner: owner('watchdog'), timeoutMs: root.lockTimeoutMs, random, isGone },
    });
    if (outcome.kind === 'refused') return refused(outcome.refusals).lines;
    return outcome.kind === 'locked' ? lockedOut(outcome.problem).lines : [];
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return error.code === 'aborted' ? [] : endingOf(error).lines;
  } finally {
    await reporter.end();
  }
}
