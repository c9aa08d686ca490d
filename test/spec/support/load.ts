import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

import type { LoadedStack, LoadRequest } from '../../../src/spec/load.ts';
import { loadStack } from '../../../src/spec/load.ts';
import type { Loaded, Sources } from '../../../src/spec/sources.ts';

/** Where the files of a test stand. */
const folder = '/app';

export const request: LoadRequest = {
  files: ['stack.yaml'],
  projectDirectory: undefined,
  projectName: undefined,
  profiles: [],
  envFiles: [],
  services: [],
  isStrict: false,
};

/** Loads a stack from texts by their paths below the folder; texts stand for bytes. */
export function loadTexts(
  texts: Readonly<Record<string, string | Uint8Array>>,
  change: Partial<LoadRequest> = {},
  environment: Readonly<Record<string, string>> = {},
): Loaded<LoadedStack> {
  return loadStack({ ...request, ...change }, memorySources(texts, environment));
}

export function memorySources(
  texts: Readonly<Record<string, string | Uint8Array>>,
  environment: Readonly<Record<string, string>> = {},
): Sources {
  const files = new Map(
    Object.entries(texts).map(([path, text]) => [
      join(folder, path),
      typeof text === 'string' ? new TextEncoder().encode(text) : text,
    ]),
  );
  const isFolder = (path: string): boolean => [...files.keys()].some((file) => file.startsWith(join(path, '/')));
  return {
    read: (path) => {
      const bytes = files.get(path);
      if (bytes !== undefined) return { kind: 'file', bytes };
      return { kind: isFolder(path) ? 'directory' : 'missing' };
    },
    resolve: (path) => (files.has(path) || isFolder(path) ? path : undefined),
    environment: new Map(Object.entries(environment)),
    workingDir: folder,
    homeDir: '/home/user',
  };
}

/** The texts of one example: a file, which is then called `stack.yaml`, or a folder. */
export function readExample(path: string): Readonly<Record<string, string>> {
  if (existsSync(`${path}.yaml`)) return { 'stack.yaml': readFileSync(`${path}.yaml`, 'utf8') };
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
  return Object.fromEntries(
    files.filter((file) => statSync(file).isFile()).map((file) => [relative(path, file), readFileSync(file, 'utf8')]),
  );
}
