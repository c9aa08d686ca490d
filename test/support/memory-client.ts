import { type Engine, EngineError } from '../../src/engine/engine.ts';
import type { TestClock } from './clock.ts';
import { startAfterOutage } from './memory-process.ts';
import { isRunning, type MemoryWorld } from './memory-world.ts';

/** What goes wrong at the nth call that changes something, counted from 1 over all engines of one client. */
export interface Fault {
  readonly call: number;
  /**
   * `crash-before`, `crash-after`: we are gone before or after the engine did it. `lost`: it is done and the answer
   * never arrives. `hang`: nothing is done and nothing is answered. `error`: nothing is done, status 500.
   * `stall`: it is done while we stand still. `cut`: nothing is done, and nobody reaches the engine. `power`: as
   * `cut`, and what runs on the engine ends.
   */
  readonly kind: 'crash-before' | 'crash-after' | 'lost' | 'hang' | 'error' | 'stall' | 'cut' | 'power';
  /** How long a `stall`, a `cut` or a `power` cut lasts. Default: for ever. */
  readonly forMs?: number;
}

/** One run of the program: it dies and stands still as one, whichever engine it talks to. */
export interface Client {
  /** What the stack's lock calls it. */
  readonly name: string;
  /** Its own, which stands still with it. */
  readonly clock: TestClock;
  readonly calls: string[];
  readonly faults: readonly Fault[];
  /** Resolves when a crash fault struck. */
  readonly crashed: Promise<void>;
  readonly crash: () => void;
  isDead: boolean;
  frozenUntilMs: number;
}

/** A client's connection to one engine. */
export interface Connection {
  readonly engine: Engine;
  /** Mutating calls of the client so far, each as `name what`. */
  readonly calls: readonly string[];
  /** Resolves when a crash fault struck: whoever uses the engine is dead from then on. */
  readonly crashed: Promise<void>;
  /** The clock of a client that dies with the crash. */
  readonly clock: TestClock;
}

/** One end of a connection. */
export interface Line {
  readonly world: MemoryWorld;
  readonly client: Client;
}

/** How long each call takes; long enough that calls overlap. */
const latencyMs = 5;

/** A run of the program that uses this clock's time. */
export function openClient(clock: TestClock, faults: readonly Fault[] = [], name = ''): Client {
  const { promise: crashed, resolve } = Promise.withResolvers<void>();
  const client: Client = {
    name,
    clock: {
      ...clock,
      sleep: async (ms, signal) => {
        if (client.isDead) return never();
        await clock.sleep(ms, signal);
        await live(client, clock);
      },
    },
    calls: [],
    faults,
    crashed,
    crash: () => {
      client.isDead = true;
      resolve();
    },
    isDead: false,
    frozenUntilMs: 0,
  };
  return client;
}

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** What comes from outside reaches only who lives, and who stands still not before it goes on. */
async function live(client: Client, clock: TestClock): Promise<void> {
  while (client.frozenUntilMs > clock.now())
    await clock.sleep(client.frozenUntilMs - clock.now(), new AbortController().signal);
  if (client.isDead) await never();
}

/** A question: takes time, changes nothing. */
export async function ask<T>({ world, client }: Line, signal: AbortSignal, answer: () => T): Promise<T> {
  await travel({ world, client }, signal);
  const answered = settle(answer);
  await live(client, world.clock);
  return answered();
}

/** What the engine said at its time, told later. */
function settle<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

async function travel({ world, client }: Line, signal: AbortSignal): Promise<void> {
  if (client.isDead) return never();
  if (signal.aborted) throw new EngineError('aborted', world.name, 'given up before the answer came');
  await world.clock.sleep(latencyMs, signal);
  if (signal.aborted) throw new EngineError('aborted', world.name, 'given up before the answer came');
  while (world.frozenUntilMs > world.clock.now() && !signal.aborted)
    await world.clock.sleep(Math.min(world.frozenUntilMs - world.clock.now(), 3_600_000), signal);
  if (signal.aborted) throw new EngineError('aborted', world.name, 'given up before the answer came');
  if (world.cutUntilMs > world.clock.now()) throw new EngineError('unreachable', world.name, 'connection refused');
}

/** A change: the engine carries it out whether or not we live to see the answer. */
export async function change<T>(line: Line, what: string, signal: AbortSignal, act: () => T): Promise<T> {
  const { world, client } = line;
  if (client.isDead) return never();
  client.calls.push(what);
  const fault = client.faults.find(({ call }) => call === client.calls.length);
  if (fault !== undefined) await strike(line, fault, signal);
  await travel(line, signal);
  if (client.isDead) return never();
  for (const witness of world.witnesses) witness(what, client.name);
  const answered = settle(act);
  await live(client, world.clock);
  if (fault?.kind === 'crash-after') return die(client);
  if (fault?.kind === 'lost') throw new EngineError('lost', world.name, 'the connection broke');
  return answered();
}

/** What happens before the engine gets the call. */
async function strike({ world, client }: Line, { kind, forMs }: Fault, signal: AbortSignal): Promise<void> {
  const untilMs = world.clock.now() + (forMs ?? Number.POSITIVE_INFINITY);
  switch (kind) {
    case 'error':
      throw new EngineError('rejected', world.name, 'the engine has an internal error');
    case 'hang':
      return hang(world, signal);
    case 'crash-before':
      return die(client);
    case 'stall':
      client.frozenUntilMs = untilMs;
      return;
    case 'cut':
    case 'power':
      world.cutUntilMs = untilMs;
      if (kind === 'power') for (const it of world.containers.values()) if (isRunning(it)) startAfterOutage(world, it);
      throw new EngineError('lost', world.name, 'the connection broke');
    case 'lost':
    case 'crash-after':
      return;
  }
}

function die<T>(client: Client): Promise<T> {
  client.crash();
  return never();
}

const hang = (world: MemoryWorld, signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () =>
      reject(new EngineError('timeout', world.name, 'no answer before the deadline')),
    );
  });
