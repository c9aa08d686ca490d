import type { Engine } from '../engine/engine.ts';
import type { Observed } from '../model/observed.ts';
import type { Root } from './arguments/root.ts';
import type { Context } from './context.ts';
import { Interrupted } from './exit.ts';
import { interruptible } from './signals.ts';

/** Longest time for looking at every engine once. */
const deadlineMs = 30_000;

/** Connects to the engines, hands them over, and lets go of them whatever happens. */
export async function withEngines<T>(
  { context, root }: { readonly context: Context; readonly root: Root },
  use: (engines: readonly Engine[]) => Promise<T>,
): Promise<T> {
  const engines = await context.connect({ host: root.host, context: root.context });
  try {
    return await use(engines);
  } finally {
    for (const engine of engines) engine.close();
  }
}

/** Looks without changing anything: ends at the deadline, and with {@link Interrupted} at once when a signal comes. */
export async function look<T>(context: Context, use: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = interruptible(context.signals);
  try {
    return await use(AbortSignal.any([interruption.stop, AbortSignal.timeout(deadlineMs)]));
  } catch (error) {
    const signal = interruption.signal();
    throw signal === undefined ? error : new Interrupted(signal);
  } finally {
    interruption.end();
  }
}

/** What the engines hold of a stack. */
export async function observeStack(engines: readonly Engine[], stack: string, signal: AbortSignal): Promise<Observed> {
  const query = { stack, networks: [], volumes: [], images: [], containerNames: [] };
  return { engines: await Promise.all(engines.map((engine) => engine.observe(query, signal))) };
}
