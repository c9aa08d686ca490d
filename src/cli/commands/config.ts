import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { canonicalJson } from '../../model/canonical.ts';
import type { LoadedModel, LoadedStack, Stage } from '../../spec/load.ts';
import type { Invocation } from '../arguments/command.ts';
import { imagesAlone, pinImages } from '../config/digests.ts';
import { keysOf, printed } from '../config/listing.ts';
import { done, type Ending, exitCodes, failure } from '../exit.ts';
import { requireServices } from '../requests.ts';
import { loadFor, loadModelFor } from '../stack.ts';
import { joinLines } from '../text/safe-text.ts';
import type { ConfigValues } from '../usage/config.ts';

/** `stack config`: touches no engine but to ask for digests of images. */
export async function runConfig(invocation: Invocation<ConfigValues>): Promise<Ending> {
  return invocation.flags.hash === undefined ? printModel(invocation) : printHashes(invocation);
}

async function printModel(invocation: Invocation<ConfigValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  const { format } = flags;
  const loaded = await loadModelFor(context, root, { services: operands, skip: skipped(flags), format });
  if (!loaded.ok) return loaded.ending;
  requireServices(operands, keysOf(loaded.value, 'services'));
  if (flags.quiet) return done;
  return write(invocation, printed(await withDigests(loaded.value, invocation), flags));
}

/** Stages that the person leaves out, to see the file before them. */
function skipped(flags: ConfigValues): ReadonlySet<Stage> {
  const stages: readonly (readonly [boolean, Stage])[] = [
    // Variables are listed without a look at their values, which may be missing.
    [flags.noInterpolate || flags.variables, 'interpolation'],
    [flags.noNormalize, 'normalization'],
    [flags.noPathResolution, 'path-resolution'],
    [flags.noEnvResolution, 'env-resolution'],
    [flags.noConsistency, 'consistency'],
  ];
  return new Set(stages.flatMap(([isSkipped, stage]) => (isSkipped ? [stage] : [])));
}

async function withDigests(loaded: LoadedModel, invocation: Invocation<ConfigValues>): Promise<LoadedModel> {
  const { lockImageDigests, resolveImageDigests } = invocation.flags;
  if (!lockImageDigests && !resolveImageDigests) return loaded;
  const shown = lockImageDigests ? imagesAlone(loaded) : loaded;
  // Most who print the model ask no engine.
  const { look, withEngines } = await import('../observing.ts');
  return withEngines(invocation, ([engine]) =>
    look(invocation.context, async (signal) =>
      engine === undefined ? shown : pinImages(shown, (image) => engine.resolveDigest(image, signal)),
    ),
  );
}

/** `web 4c1f…`: what the label of its containers says, so a change of it is a change of the containers. */
async function printHashes(invocation: Invocation<ConfigValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  const loaded = await loadFor(context, root, { services: operands, format: flags.format });
  if (!loaded.ok) return loaded.ending;
  const { services } = loaded.value.desired;
  const known = services.map(({ name }) => name);
  const wanted = flags.hash === '*' ? known : (flags.hash ?? '').split(',');
  requireServices(wanted, known, loaded.value.desired.disabledServices);
  const chosen = services.filter(({ name }) => wanted.includes(name));
  return write(invocation, joinLines(chosen.map((service) => `${service.name} ${hashOf(service)}`)));
}

function hashOf({ container }: LoadedStack['desired']['services'][number]): string {
  return createHash('sha256').update(canonicalJson(container)).digest('hex');
}

function write({ context, flags }: Invocation<ConfigValues>, text: string): Ending {
  if (flags.output === undefined) {
    context.stdout.write(text);
    return done;
  }
  const path = resolve(context.workingDir, flags.output);
  try {
    writeFileSync(path, text);
    return done;
  } catch (error) {
    return failure(exitCodes.failed, `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
