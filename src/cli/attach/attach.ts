import { type Address, replicaAddress } from '../../model/id.ts';
import type { Observed } from '../../model/observed.ts';
import { sleep } from '../../reconcile/clock.ts';
import { watchOver } from '../../reconcile/observe.ts';
import type { Job } from '../apply.ts';
import { done, type Ending, interruptedBy } from '../exit.ts';
import { type Located, lineName, locate } from '../list/containers.ts';
import { openLogPrinter } from '../logs/open-printer.ts';
import { observeStack } from '../observing.ts';
import type { Signal } from '../signals.ts';
import type { UpValues } from '../usage/up.ts';
import { type Exit, followContainers, lastRun, type Part } from './follow.ts';
import { type HookLine, hookSources } from './hooks.ts';
import { openOutages } from './outages.ts';
import { stopStack } from './stop-stack.ts';

/** An `up` that has converged and stays with its containers. */
export interface Attachment extends Job {
  readonly observed: Observed;
  /** Services of this `up`, and those of them whose output is shown. */
  readonly services: ReadonlySet<string>;
  readonly shown: ReadonlySet<string>;
  /** Containers that this `up` started: their output is shown from the beginning. */
  readonly started: ReadonlySet<Address>;
  /** What their `post_start` hooks printed. */
  readonly hooked: readonly HookLine[];
  readonly flags: Pick<
    UpValues,
    | 'abortOnContainerExit'
    | 'abortOnContainerFailure'
    | 'exitCodeFrom'
    | 'noColor'
    | 'noLogPrefix'
    | 'timestamps'
    | 'timeout'
  >;
}

const lookMs = 10_000;

/** Why an attached `up` comes to its end. */
type Cause =
  | { readonly kind: 'ended' }
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'exit'; readonly exit: Exit };

/**
 * Shows output until all containers have ended, a signal comes, or a container ends that others must not outlive.
 * A signal stops the stack and is a good end, as for Compose; a second one kills it.
 */
export async function attach(attachment: Attachment): Promise<Ending> {
  const { context, engines, stack, observed, services, shown, flags } = attachment;
  const located = locate(observed).filter(({ container }) => services.has(container.service) && !container.isOneOff);
  const nameOf = (each: Located): string => lineName(each, stack, engines.length > 1);
  const visible = located.filter(({ container }) => shown.has(container.service));
  const names = visible.map(nameOf);
  const timestamp = new Date(context.today()).toISOString();
  const hooks = hookSources(visible, attachment.hooked, { nameOf, timestamp });
  const printer = openLogPrinter(attachment, [...names, ...hooks.map(({ name }) => name)], engines.length > 1);
  const watched = watchOver(engines, { now: context.now, sleep });
  const { promise: cause, resolve: end } = Promise.withResolvers<Cause>();
  const exits: Exit[] = [];
  const silence = new AbortController();
  const stopListening = context.signals.listen((signal) => end({ kind: 'signal', signal }));
  if (names.length > 0) context.stdout.write(`Attaching to ${names.toSorted().join(', ')}\n`);
  await printer.merge(hooks);
  const following = followContainers(
    located.map((each) => ({ ...each, part: firstPart(each, attachment) })),
    {
      stack,
      engines: watched,
      outlast: openOutages(context, engines, silence.signal),
      services,
      shown,
      printer,
      nameOf,
      signal: silence.signal,
      onExit(exit) {
        exits.push(exit);
        if (endsAll(exit, flags)) end({ kind: 'exit', exit });
        return `exited with code ${exit.exitCode}`;
      },
    },
  );
  try {
    const first = await Promise.race([cause, following.then(() => ({ kind: 'ended' }) as const)]);
    return await concluded(first, attachment, exits);
  } finally {
    stopListening();
    silence.abort();
    await following.catch(() => undefined);
  }
}

async function concluded(cause: Cause, attachment: Attachment, exits: readonly Exit[]): Promise<Ending> {
  const { context, flags } = attachment;
  switch (cause.kind) {
    case 'ended':
      return done;
    case 'signal':
      // Nobody reads any more: what runs is left to run.
      if (cause.signal === 'SIGPIPE') return interruptedBy(cause.signal);
      context.stderr.write('Gracefully stopping... (press Ctrl+C again to force)\n');
      return stopStack(attachment, flags.timeout);
    case 'exit': {
      const { exit } = cause;
      context.stderr.write(`Aborting on container ${exit.exitCode === 0 ? 'exit' : 'failure'}: ${exit.name}\n`);
      const stopped = await stopStack(attachment, flags.timeout);
      if (stopped.code !== 0) return stopped;
      return { code: (await exitCodeOf(flags.exitCodeFrom, attachment, exits)) ?? exit.exitCode, lines: [] };
    }
  }
}

/** The code of a service's first container to end; one that was stopped just now may not have been heard of yet. */
async function exitCodeOf(
  wanted: string | undefined,
  { engines, stack }: Attachment,
  exits: readonly Exit[],
): Promise<number | undefined> {
  if (wanted === undefined) return undefined;
  const heard = exits.find(({ service }) => service === wanted);
  if (heard !== undefined) return heard.exitCode;
  const observed = await observeStack(engines, stack, AbortSignal.timeout(lookMs));
  return locate(observed).find(({ container }) => container.service === wanted)?.container.exitCode;
}

/** `--exit-code-from` means that its service, or any other, ends everything, as for Compose. */
function endsAll({ exitCode }: Exit, flags: Attachment['flags']): boolean {
  if (flags.abortOnContainerFailure) return exitCode !== 0;
  return flags.abortOnContainerExit || flags.exitCodeFrom !== undefined;
}

/** What was started is shown from the beginning; what ran already, from what comes next. */
function firstPart({ container }: Located, { started }: Attachment): Part {
  const isStarted = started.has(replicaAddress(container.service, container.slot));
  return isStarted ? lastRun(container) : { tail: 0, since: undefined, until: undefined };
}
