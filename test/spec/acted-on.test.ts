import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import type { LoadedStack } from '../../src/spec/load.ts';
import type { Loaded } from '../../src/spec/sources.ts';
import { loadTexts } from './support/load.ts';

type Data = { readonly [key: string]: Value };
type Value = string | number | boolean | null | readonly Value[] | Data;

const everything = parse(readFileSync(`${import.meta.dirname}/validate/every-attribute.yaml`, 'utf8')) as {
  readonly services: { readonly long: Data };
  readonly [section: string]: Data;
};

/** Values that say something else than what holds without them. */
const unusual: Readonly<Record<string, Value>> = {
  'build.context': './site',
  'build.privileged': true,
  'deploy.mode': 'global',
  'deploy.replicas': 3,
  'deploy.resources.reservations.devices.count': 2,
  'deploy.rollback_config.max_failure_ratio': 0.5,
  'healthcheck.disable': true,
  'ports.protocol': 'udp',
  pull_policy: 'always',
  scale: 2,
};

/** What means nothing for one service that runs and whose files are there. */
const elsewhere = new Set([
  'image', // in every example below
  'profiles', // chooses services
  'env_file.required', // says what a missing file means
]);

/** Files beside the stack file, so that what is named is there. */
const files = {
  'Dockerfile.web': 'FROM scratch\n',
  'docs/index.md': '',
  'site/Dockerfile.web': 'FROM scratch\n',
  'db/Dockerfile': 'FROM scratch\n',
  'extra.env': 'EXTRA="1"\n',
  'labels.env': 'extra=1\n',
  '.env': 'TOKEN=a\nSETTINGS=b\nFROM_ENVIRONMENT=c\nC=d\n',
  'key.pem': 'k',
  'other.conf': 'c',
};

function loadService(service: Data): Loaded<LoadedStack> {
  const stack = {
    services: { web: { image: 'app', ...service }, short: { image: 'app', healthcheck: { test: 'true' } } },
    networks: everything['networks'],
    volumes: everything['volumes'],
    secrets: { token: { environment: 'TOKEN' } },
    configs: { settings: { content: 'a' } },
    models: everything['models'],
  };
  return loadTexts({ ...files, 'stack.yaml': JSON.stringify(stack) });
}

/** Paths of every attribute of the long forms, through the first item of lists. */
function pathsIn(value: Value | undefined, path: readonly string[] = []): readonly (readonly string[])[] {
  if (Array.isArray(value)) return pathsIn(value[0] as Value, path);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Data).flatMap(([key, inner]) => [
    [...path, key],
    ...(isOpen([...path, key]) ? [] : pathsIn(inner, [...path, key])),
  ]);
}

/** Below these, keys are names that the person chose. */
const isOpen = (path: readonly string[]): boolean =>
  /^(annotations|environment|labels|extra_hosts|storage_opt|sysctls|ulimits|models|depends_on|networks|.*(args|additional_contexts|labels|options|ulimits|extra_hosts|driver_opts|environment))$/.test(
    path.join('.'),
  );

/** The value with another one, or none, at a path. */
function put(value: Value, [key, ...rest]: readonly string[], leaf: Value | undefined): Value {
  if (Array.isArray(value)) return [put(value[0] as Value, [key ?? '', ...rest], leaf), ...value.slice(1)] as Value;
  if (typeof value !== 'object' || value === null || key === undefined) return value;
  const { [key]: inner, ...others } = value as Data;
  const changed = rest.length === 0 ? leaf : put(inner ?? null, rest, leaf);
  return changed === undefined ? others : { ...others, [key]: changed };
}

function leafAt(value: Value | undefined, [key, ...rest]: readonly string[]): Value | undefined {
  if (key === undefined) return value;
  if (Array.isArray(value)) return leafAt(value[0] as Value, [key, ...rest]);
  return typeof value === 'object' && value !== null ? leafAt((value as Data)[key], rest) : undefined;
}

const shown = (loaded: Loaded<LoadedStack>): string =>
  loaded.ok
    ? JSON.stringify({ ...loaded.value.desired, contents: [...loaded.value.desired.contents.keys()] })
    : 'refused';

const told = (loaded: Loaded<LoadedStack>): readonly string[] =>
  (loaded.ok ? loaded.warnings : loaded.diagnostics).map(({ message }) => message);

/** An attribute that is named as a whole needs no word on its parts. */
const isIgnored = (path: readonly string[], loaded: Loaded<LoadedStack>): boolean =>
  told(loaded).some((message) => message.startsWith(`services.web.${path.join('.')} has no effect`));

describe('an attribute of a service is acted on, refused, or named by a warning:', () => {
  const paths = pathsIn(everything.services.long).filter((path) => !elsewhere.has(path.join('.')));

  test.each(paths.map((path) => [path.join('.')]))('%s', (name) => {
    const path = name.split('.');
    const [attribute = ''] = path;
    const whole = { [attribute]: everything.services.long[attribute] ?? null };
    const value = unusual[name] ?? leafAt(whole, path) ?? null;
    const given = loadService(put(whole, path, value) as Data);
    const without = loadService(put(whole, path, undefined) as Data);

    const news = told(given).filter((message) => !told(without).includes(message));
    const isNamed = news.some((message) => message.includes(path.at(-1) ?? ''));
    const isIgnoredWhole = path.some((_, end) => isIgnored(path.slice(0, end), given));
    const isRefused = !given.ok && told(given).every((message) => message.includes(attribute));
    expect(isNamed || isIgnoredWhole || isRefused || (given.ok && shown(given) !== shown(without))).toBe(true);
  });
});
