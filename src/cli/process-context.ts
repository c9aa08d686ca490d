import { createInterface } from 'node:readline';
import { isatty } from 'node:tty';
import type { Context, Output } from './context.ts';
import type { Signals } from './signals.ts';

/** The context of a real process. Takes DEBUG away: with it docker's client would print passwords of registries. */
export function processContext(process: NodeJS.Process, signals: Signals): Context {
  delete process.env['DEBUG'];
  const { stdout, stderr, env } = process;
  // Standard input itself is opened when it is needed: that takes time.
  const hasPerson = isatty(0) && stderr.isTTY && !env['CI'];
  const environment = new Map(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  const surroundings = {
    environment,
    workingDir: workingDirOf(process),
    homeDir: env['HOME'] === '' ? undefined : env['HOME'],
    stderr: outputTo(stderr),
  };
  return {
    ...surroundings,
    stdout: outputTo(stdout),
    ask: hasPerson ? (question) => askOn(process.stdin, stderr, question) : undefined,
    readStdin: (limit) => readUpTo(process.stdin, limit),
    now: () => performance.now(),
    today: () => Date.now(),
    signals,
    locker: async () => (await import('./locker.ts')).processLocker(process),
    connect: async (choice) => (await import('./engines/connect.ts')).connectEngines(choice, surroundings),
    engineSource: async (choice) => (await import('./engines/connect.ts')).engineSource(choice, surroundings),
  };
}

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    write(text) {
      if (text !== '') stream.write(text);
    },
    stream,
    isTerminal: stream.isTTY,
  };
}

async function readUpTo(stream: NodeJS.ReadStream, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    total += chunk.length;
    if (total > limit) break;
  }
  return Buffer.concat(chunks);
}

/** The folder that the shell speaks of, even where somebody has removed it. */
function workingDirOf(process: NodeJS.Process): string {
  try {
    return process.cwd();
  } catch {
    return process.env['PWD'] ?? '/';
  }
}

/** Leaves the terminal in its line mode, so that Ctrl-C stays a signal; the end of input is an empty answer. */
function askOn(input: NodeJS.ReadStream, output: NodeJS.WriteStream, question: string): Promise<string> {
  const lines = createInterface({ input, terminal: false });
  output.write(question);
  return new Promise<string>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(''));
  }).finally(() => lines.close());
}
