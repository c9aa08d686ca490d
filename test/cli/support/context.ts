import { PassThrough } from 'node:stream';
import type { Context, Output } from '../../../src/cli/context.ts';
import { createSignals, type Signal } from '../../../src/cli/signals.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { lockOwner } from '../../support/locks.ts';

/** What a test says of the outside world. */
export interface TestWorld {
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly stdin?: string;
  readonly engines?: readonly Engine[];
  /** Answers to questions, in order, then silence; without them nobody can be asked. */
  readonly answers?: readonly string[];
}

export interface TestContext extends Context {
  /** What was written so far. */
  readonly output: () => string;
  readonly errors: () => string;
  /** The questions that were asked. */
  readonly questions: readonly string[];
  readonly raise: (signal: Signal) => boolean;
  /** As when a bug is about to end the program. */
  readonly crash: () => void;
}

/** A context without a process: streams that remember, and engines that the test brings. */
export function testContext(world: TestWorld = {}): TestContext {
  const stdout = collector();
  const stderr = collector();
  const signals = createSignals();
  const questions: string[] = [];
  const { answers } = world;
  return {
    environment: new Map(Object.entries(world.environment ?? {})),
    workingDir: world.workingDir ?? '/nowhere',
    homeDir: undefined,
    stdout: stdout.output,
    stderr: stderr.output,
    ask: answers && ((question) => answer(questions.push(question), answers)),
    readStdin: () => Promise.resolve(Buffer.from(world.stdin ?? '')),
    now: () => performance.now(),
    today: () => Date.parse('2026-01-01T01:00:00Z'),
    signals,
    locker: async () =>
      Promise.resolve({ owner: (command) => lockOwner({ command }), isGone: () => false, random: () => 0.5 }),
    connect: async () => Promise.resolve(world.engines ?? []),
    engineSource: async () => Promise.resolve('the test'),
    output: stdout.text,
    errors: stderr.text,
    questions,
    raise: (signal) => signals.notify(signal),
    crash: () => signals.crash(),
  };
}

function answer(asked: number, answers: readonly string[]): Promise<string> {
  const text = answers[asked - 1];
  return text === undefined ? new Promise(() => undefined) : Promise.resolve(text);
}

function collector(): { readonly output: Output; readonly text: () => string } {
  const stream = new PassThrough({ encoding: 'utf8' });
  const pieces: string[] = [];
  stream.on('data', (piece: string) => pieces.push(piece));
  return {
    // Reporters need no more of a terminal's stream than writing, as long as it is no terminal.
    output: {
      write: (text) => void stream.write(text),
      stream: stream as unknown as NodeJS.WriteStream,
      isTerminal: false,
    },
    text: () => pieces.join(''),
  };
}
