import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestEngine } from './engines.ts';

const program = join(import.meta.dirname, '../../hosts/hosts');

/** Runs `test/hosts/hosts` and gives what it printed. */
export async function runHosts(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args)).stdout;
}

/** What `hosts` can do to the machine of an engine; it is itself again when the promise is kept. */
export type HostCommand = 'crash' | 'restart' | 'freeze' | 'thaw' | 'cut' | 'heal' | 'lose' | 'boot' | 'cut' | 'heal';

/** The power over the machine on which an engine runs: only for engines of `test/hosts/hosts`. */
export async function openHost(engine: TestEngine): Promise<(command: HostCommand) => Promise<void>> {
  const name = await nameOf(engine);
  return async (command) => {
    await runHosts(command, name);
  };
}

/** Runs a command on the machine of an engine and gives what it printed. */
export async function runOnHost(engine: TestEngine, ...command: readonly string[]): Promise<string> {
  return runHosts('shell', await nameOf(engine), ...command);
}

async function nameOf({ host }: TestEngine): Promise<string> {
  const list = await runHosts('list');
  const line = list.split('\n').find((it) => it.endsWith(` ${host}`));
  if (line === undefined) throw new Error(`${host} is none of the test hosts:\n${list}`);
  return line.split(' ')[0] ?? '';
}
