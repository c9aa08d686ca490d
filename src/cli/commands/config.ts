import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { canonicalJson } from '../../model/canonical.ts';
import type { LoadedStack } from '../../spec/load.ts';
import { modelToYaml } from '../../spec/print.ts';
import type { Invocation } from '../arguments/command.ts';
import { done, type Ending, exitCodes, failure, UsageError } from '../exit.ts';
import { loadFor } from '../stack.ts';
import type { ConfigValues } from '../usage/config.ts';

/** `stack config`: touches no engine. */
export async function runConfig({ context, root, flags, operands }: Invocation<ConfigValues>): Promise<Ending> {
  const loaded = loadFor(context, root, { services: operands });
  if (!loaded.ok) return loaded.ending;
  if (flags.quiet) return done;
  const text = printed(loaded.stack, flags);
  if (flags.output === undefined) {
    context.stdout.write(text);
    return done;
  }
  return Promise.resolve(writeTo(resolve(context.workingDir, flags.output), text));
}

function printed({ desired, model }: LoadedStack, flags: ConfigValues): string {
  if (flags.services) return lines(desired.services.map(({ name }) => name));
  if (flags.volumes) return lines(desired.volumes.map(({ key }) => key));
  if (flags.networks) return lines(desired.networks.map(({ key }) => key));
  if (flags.images) return lines(desired.services.map(({ container }) => container.image));
  if (flags.hash !== undefined) return lines(hashes({ desired }, flags.hash));
  return flags.format === 'json' ? `${JSON.stringify(model, undefined, 2)}\n` : modelToYaml(model);
}

/** `web 4c1f…`: what the label of its containers says, so a change of it is a change of the containers. */
function hashes({ desired }: Pick<LoadedStack, 'desired'>, wanted: string): readonly string[] {
  const names = wanted === '*' ? desired.services.map(({ name }) => name) : wanted.split(',');
  return names.map((name) => {
    const service = desired.services.find((candidate) => candidate.name === name);
    if (service === undefined) throw new UsageError(`no such service: ${name}`);
    return `${name} ${createHash('sha256').update(canonicalJson(service.container)).digest('hex')}`;
  });
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

function writeTo(path: string, text: string): Ending {
  try {
    writeFileSync(path, text);
    return done;
  } catch (error) {
    return failure(exitCodes.failed, `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
