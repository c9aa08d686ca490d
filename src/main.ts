#!/usr/bin/env node
import { statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`stack needs Node.js 22.12 or later; this is ${process.versions.node}.\n`);
  process.exit(2);
}

keepCompiledCode(process.env);
const [{ main }, { processContext }, { createSignals, signalCodes }, { bug }] = await Promise.all([
  import('./cli/main.ts'),
  import('./cli/process-context.ts'),
  import('./cli/signals.ts'),
  import('./cli/exit.ts'),
]);
const signals = createSignals();
/** After a crash, until the lock of a run is given back. */
const crashMs = 700;
let crashCode: number | undefined;

function raise(signal: keyof typeof signalCodes): void {
  if (!signals.notify(signal)) process.exit(signalCodes[signal]);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => raise(signal));
process.on('uncaughtException', (error) => {
  const { code, lines } = bug(error);
  process.stderr.write(`${lines.join('\n')}\n`);
  if (crashCode !== undefined) return;
  crashCode = code;
  signals.crash();
  setTimeout(() => process.exit(code), crashMs);
});
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE' || code === 'EIO') raise('SIGPIPE');
  else process.stderr.write(`error: cannot write to standard output: ${message}\n`, () => process.exit(1));
});
// Nobody is left to hear of it, and what was begun on engines should still come to its end.
process.stderr.on('error', () => undefined);

const exitCode = await main(process.argv.slice(2), processContext(process, signals));
// Written after everything else, so nothing is cut off; calls that were given up may still hold sockets.
process.stdout.write('', () => process.exit(crashCode ?? exitCode));

/** In the user's own cache: whoever can write there can run code as the user, so the folder must be the user's. */
function keepCompiledCode({ HOME, XDG_CACHE_HOME }: NodeJS.ProcessEnv): void {
  const [home, folder] = XDG_CACHE_HOME ? [XDG_CACHE_HOME, 'stack'] : [HOME, '.cache/stack'];
  if (!home || statSync(home, { throwIfNoEntry: false })?.uid !== process.getuid?.()) return;
  enableCompileCache(`${home}/${folder}`);
}
