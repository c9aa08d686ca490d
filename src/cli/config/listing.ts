import type { Json, LoadedModel } from '../../spec/load.ts';
import { modelToYaml } from '../../spec/print.ts';
import { joinLines } from '../text/safe-text.ts';
import { renderTable } from '../text/table.ts';
import type { ConfigValues } from '../usage/config.ts';

/** What `stack config` prints: the model, or the one thing of it that was asked for. */
export function printed(loaded: LoadedModel, flags: ConfigValues): string {
  if (flags.services) return joinLines(keysOf(loaded, 'services'));
  if (flags.volumes) return joinLines(keysOf(loaded, 'volumes'));
  if (flags.networks) return joinLines(keysOf(loaded, 'networks'));
  if (flags.models) return joinLines(keysOf(loaded, 'models'));
  if (flags.images) return joinLines(imagesOf(loaded));
  if (flags.profiles) return joinLines(loaded.profiles);
  if (flags.variables) return flags.format === 'json' ? variablesJson(loaded) : variablesTable(loaded);
  if (flags.environment)
    return joinLines([...loaded.environment].map(([name, value]) => `${name}=${value}`).toSorted());
  return flags.format === 'json' ? json(loaded.model) : modelToYaml(loaded.document);
}

/** Keys of one element of the model, sorted. */
export function keysOf({ document }: LoadedModel, element: string): readonly string[] {
  return Object.keys(mappingAt(document, element)).toSorted();
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

function imagesOf({ model, project }: LoadedModel): readonly string[] {
  return Object.entries(mappingAt(model, 'services')).map(([name, service]) => {
    const image = isMapping(service) ? service['image'] : undefined;
    return typeof image === 'string' ? image : `${project.name}-${name}`;
  });
}

type JsonMapping = Readonly<Record<string, Json>>;

/** A mapping of the model, empty where there is none. */
export function mappingAt(model: Json, key: string): JsonMapping {
  const inner = isMapping(model) ? model[key] : undefined;
  return inner !== undefined && isMapping(inner) ? inner : {};
}

export function isMapping(value: Json): value is JsonMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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

/** Keys are spelled as Docker Compose's. */
function variablesJson({ variables }: LoadedModel): string {
  const entries = variables.map(({ name, isRequired, defaultValue = '', alternative = '' }) => {
    const fields = { Name: name, DefaultValue: defaultValue, PresenceValue: alternative, Required: isRequired };
    return [name, fields] as const;
  });
  return json(Object.fromEntries(entries));
}
