import { expect } from 'vitest';

import type { Json, LoadedModel, LoadRequest } from '../../../src/spec/load.ts';
import { loadModel } from '../../../src/spec/load.ts';
import type { Loaded } from '../../../src/spec/sources.ts';
import { memorySources, request } from './load.ts';

/** Texts of files by name; one text alone is `stack.yaml`. */
export type Files = string | Readonly<Record<string, string | Uint8Array>>;

export interface World {
  readonly request?: Partial<LoadRequest>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Loads files up to the model. */
export function load(files: Files, { request: change = {}, environment = {} }: World = {}): Loaded<LoadedModel> {
  const texts = typeof files === 'string' ? { 'stack.yaml': files } : files;
  return loadModel({ ...request, ...change }, memorySources(texts, environment));
}

/** The model of files that load; fails the test with what is wrong otherwise. */
export function modelOf(files: Files, world?: World): LoadedModel {
  const loaded = load(files, world);
  if (loaded.ok) return loaded.value;
  expect(loaded.diagnostics).toEqual([]);
  throw new Error('the files do not load');
}

/** What stands at a path of the model that is printed. */
export function at(model: LoadedModel, ...path: readonly string[]): Json | undefined {
  let found: Json | undefined = model.model;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    found = (found as { readonly [key: string]: Json })[key];
  }
  return found;
}

/** The model of the service `web` with the image `app` and these lines. */
export function web(
  lines: string,
  world?: World & { readonly beside?: string; readonly files?: Files },
): Json | undefined {
  const text = stackWith(lines, world?.beside);
  const more = typeof world?.files === 'object' ? world.files : {};
  return at(modelOf({ ...more, 'stack.yaml': text }, world), 'services', 'web');
}

/** A stack of the service `web` with these lines, and what stands beside it. */
export function stackWith(lines: string, beside = ''): string {
  const indented = lines.split('\n').map((line) => `    ${line}\n`);
  return `services:\n  web:\n    image: app\n${indented.join('')}${beside}`;
}

/** `line:column code` of every error and warning, in order; of other files than `stack.yaml` with the name before. */
export function findings(files: Files, world?: World): readonly string[] {
  const loaded = load(files, world);
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return diagnostics.map(({ code, span }) => {
    const place = span.file === 'stack.yaml' ? '' : `${span.file}:`;
    return `${place}${span.line}:${span.column} ${code}`;
  });
}
