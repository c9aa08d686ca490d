import type { Engine } from '../../engine/engine.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { apply, endingOfApplied, type Job } from '../apply.ts';
import type { Root } from '../arguments/root.ts';
import { type Ending, interruptedBy } from '../exit.ts';
import { observeStack } from '../observing.ts';
import { lifecycleRequest } from '../requests.ts';

/** Longest time for killing what would not stop. */
const killMs = 10_000;

/** Stops what an attached `up` has started. A signal meanwhile kills it at once, one more leaves it as it is. */
export async function stopStack(job: Job, stopTimeoutMs: number | undefined): Promise<Ending> {
  const { context, engines, stack } = job;
  const services = job.request.kind === 'up' ? job.request.services : [];
  const { promise: forced, resolve: force } = Promise.withResolvers<Ending>();
  const killing = new AbortController();
  let isKilling = false;
  const request = lifecycleRequest('stop', services, { stopTimeoutMs });
  const stopping = apply({ ...job, request, root: withLines(job.root) });
  // Listens after the executor does, and so in its place: here a signal means to hurry, not to hold.
  const stopListening = context.signals.listen((signal) => {
    if (signal === 'SIGPIPE') return;
    if (isKilling) {
      force(interruptedBy(signal));
      return;
    }
    isKilling = true;
    context.stderr.write('Killing containers...\n');
    void killAll(engines, stack, new Set(services), AbortSignal.any([killing.signal, AbortSignal.timeout(killMs)]))
      .catch(() => undefined)
      .then(() => force(interruptedBy(signal)));
  });
  try {
    return await Promise.race([stopping.then(endingOfApplied), forced]);
  } finally {
    stopListening();
    killing.abort();
  }
}

/** Output of containers goes on while they stop: a live screen would be written over. */
function withLines(root: Root): Root {
  return root.progress === 'auto' || root.progress === 'tty' ? { ...root, progress: 'plain' } : root;
}

/** No time to end: not even the stop signal is sent. */
async function killAll(
  engines: readonly Engine[],
  stack: string,
  services: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const observed = await observeStack(engines, stack, signal);
  const isMeant = ({ service, state }: ObservedContainer): boolean =>
    state === 'running' && (services.size === 0 || services.has(service));
  await Promise.all(
    engines.flatMap((engine) => {
      const here = observed.engines.find(({ name }) => name === engine.name)?.containers ?? [];
      return here.filter(isMeant).map(({ id }) => engine.killContainer(id, signal));
    }),
  );
}
