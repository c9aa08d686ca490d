import manifest from '../../../package.json' with { type: 'json' };
import { connectEngine } from '../../engine/connect.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Context, EngineChoice } from '../context.ts';
import { readRegular, realPath } from '../sources.ts';
import { safeText } from '../text/safe-text.ts';
import { type Selection, selectEngines } from './select.ts';

type Surroundings = Pick<Context, 'environment' | 'workingDir' | 'homeDir' | 'stderr'>;

/**
 * Finds the engines that are meant, and says what a person should know of the choice. Opens no connection: the first
 * call does.
 */
export async function connectEngines(choice: EngineChoice, context: Surroundings): Promise<readonly Engine[]> {
  const { environment } = context;
  const { engines, warnings } = await select(choice, context);
  // A stream of events, and silence, are kept as they are.
  if (choice.progress !== 'json' && choice.progress !== 'quiet') {
    for (const warning of warnings) context.stderr.write(`warning: ${safeText(warning)}\n`);
  }
  return engines.map(({ endpoint, member }) =>
    connectEngine(endpoint, { version: manifest.version, environment, ...(member !== undefined && { member }) }),
  );
}

/** Where the engines that are meant were read from, in words. */
export async function engineSource(choice: EngineChoice, context: Surroundings): Promise<string> {
  // Whoever connects has heard already what a person should know of the list.
  const quiet = { ...context, stderr: { ...context.stderr, write: () => undefined } };
  return (await select(choice, quiet)).source;
}

function select(choice: EngineChoice, context: Surroundings): Promise<Selection> {
  const { environment, homeDir, workingDir } = context;
  const endpoints = { environment, homeDir, readFile };
  return selectEngines(choice, {
    ...endpoints,
    workingDir,
    exists: (path) => realPath(path) !== undefined,
    // Most runs have no list, and do not load what reads one.
    readList: async (path) => (await import('./read-list.ts')).readList(path, endpoints, context, choice),
  });
}

function readFile(path: string): string | undefined {
  const read = readRegular(path);
  return read.kind === 'file' ? Buffer.from(read.bytes).toString('utf8') : undefined;
}
