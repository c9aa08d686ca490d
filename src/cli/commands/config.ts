import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { canonicalJson } from '../../model/canonical.ts';
import type { Json, LoadedModel, LoadedStack, Stage } from '../../spec/load.ts';
import { modelToYaml } from '../../spec/print.ts';
import type { Invocation } from '../arguments/command.ts';
import { done, type Ending, exitCodes, failure } from '../exit.ts';
import { requireServices } from '../requests.ts';
import { loadFor, loadModelFor } from '../stack.ts';
import { safeText } from '../text/safe-text.ts';
import { renderTable } from '../text/table.ts';
import type { ConfigValues } from '../usage/config.ts';

/** `stack config`: touches no engine. */
export async function runConfig(invocation: Invocation<ConfigValues>): Promise<Ending> {
  return invocation.flags.hash === undefined ? printModel(invocation) : printHashes(invocation);
}

async function printModel(invocation: Invocation<ConfigValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  const loaded = await loadModelFor(context, root, { services: operands, skip: skipped(flags) });
  if (!loaded.ok) return loaded.ending;
  requireServices(operands, keysOf(loaded.value, 'services'));
  return flags.quiet ? done : write(invocation, printed(loaded.value, flags));
}

/** Stages that the person leaves out, to see the file before them. */
function skipped(flags: ConfigValues): ReadonlySet<Stage> {
  const stages: readonly (readonly [boolean, Stage])[] = [
    [flags.noInterpolate, 'interpolation'],
    [flags.noNormalize, 'normalization'],
    [flags.noPathResolution, 'path-resolution'],
    [flags.noEnvResolution, 'env-resolution'],
    [flags.noConsistency, 'consistency'],
  ];
  return new Set(stages.flatMap(([isSkipped, stage]) => (isSkipped ? [stage] : [])));
}

function printed(loaded: LoadedModel, flags: ConfigValues): string {
  if (flags.services) return lines(keysOf(loaded, 'services'));
  if (flags.volumes) return lines(keysOf(loaded, 'volumes'));
  if (flags.networks) return lines(keysOf(loaded, 'networks'));
  if (flags.images) return lines(imagesOf(loaded));
  if (flags.profiles) return lines(loaded.profiles);
  if (flags.variables) return variablesTable(loaded);
  if (flags.environment) return lines([...loaded.environment].map(([name, value]) => `${name}=${value}`).toSorted());
  return flags.format === 'json' ? `${JSON.stringify(loaded.model, undefined, 2)}\n` : modelToYaml(loaded.document);
}

function keysOf({ model }: LoadedModel, element: string): readonly string[] {
  return Object.keys(mappingAt(model, element)).toSorted();
}

function imagesOf({ model, project }: LoadedModel): readonly string[] {
  return Object.entries(mappingAt(model, 'services')).map(([name, service]) => {
    const image = isMapping(service) ? service['image'] : undefined;
    return typeof image === 'string' ? image : `${project.name}-${name}`;
  });
}

type JsonMapping = Readonly<Record<string, Json>>;

function mappingAt(model: Json, key: string): JsonMapping {
  const inner = isMapping(model) ? model[key] : undefined;
  return inner !== undefined && isMapping(inner) ? inner : {};
}

function isMapping(json: Json): json is JsonMapping {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function variablesTable({ variables }: LoadedModel): string {
  return renderTable(
    ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'],
    variables.map(({ name, isRequired, defaultValue = '', alternative = '' }) => [
      name,
      String(isRequired),
      defaultValue,
      alternative,
    ]),
  );
}

/** `web 4c1f…`: what the label of its containers says, so a change of it is a change of the containers. */
async function printHashes(invocation: Invocation<ConfigValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  const loaded = await loadFor(context, root, { services: operands });
  if (!loaded.ok) return loaded.ending;
  const { services } = loaded.value.desired;
  const known = services.map(({ name }) => name);
  const wanted = flags.hash === '*' ? known : (flags.hash ?? '').split(',');
  requireServices(wanted, known);
  const chosen = services.filter(({ name }) => wanted.includes(name));
  return write(invocation, lines(chosen.map((service) => `${service.name} ${hashOf(service)}`)));
}

function hashOf({ container }: LoadedStack['desired']['services'][number]): string {
  return createHash('sha256').update(canonicalJson(container)).digest('hex');
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${safeText(text)}\n`).join('');

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
