import manifest from '../../package.json' with { type: 'json' };
import { connectEngine } from '../engine/connect.ts';
import { resolveEndpoint } from '../engine/endpoint.ts';
import type { Engine } from '../engine/engine.ts';
import type { Context, EngineChoice } from './context.ts';
import { UsageError } from './exit.ts';
import { readRegular } from './sources.ts';

/** Finds the engine as the docker client does. Opens no connection: the first call does. A list, because a stack may span several. */
export function connectEngines(
  choice: EngineChoice,
  { environment, homeDir }: Pick<Context, 'environment' | 'homeDir'>,
): readonly Engine[] {
  const found = resolveEndpoint(choice, { environment, homeDir, readFile });
  if (!found.ok) throw new UsageError(found.error.message, found.error.hint);
  return [connectEngine(found.value, { version: manifest.version, environment })];
}

function readFile(path: string): string | undefined {
  const read = readRegular(path);
  return read.kind === 'file' ? Buffer.from(read.bytes).toString('utf8') : undefined;
}
