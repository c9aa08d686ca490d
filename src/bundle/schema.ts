import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { _, type AnySchemaObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { transform } from 'esbuild';

import { formats } from '../spec/formats.ts';

/**
 * Compiles `schemas/stack.schema.json` ahead of time to `src/spec/generated/`, so that no start pays for ajv.
 */
const root = `${import.meta.dirname}/../..`;
const target = `${root}/src/spec/generated`;

const schema = JSON.parse(await readFile(`${root}/schemas/stack.schema.json`, 'utf8')) as AnySchemaObject;

const ajv = new Ajv2020({
  allErrors: true,
  // One function a definition: less code, and error paths that name the definition.
  inlineRefs: false,
  allowUnionTypes: true,
  strictTypes: false,
  // The words of the messages are in src/spec/validate/.
  messages: false,
  // Errors carry their part of the schema: its title is what was expected, its properties are what to suggest.
  verbose: true,
  // Lengths only bound the work, so UTF-16 units will do; counting characters would need ajv at run time.
  unicode: false,
  logger: false,
  formats,
  code: { esm: true, source: true, formats: _`formats` },
});

const validator = standalone.default(ajv, ajv.compile(withoutDescriptions(schema)));
if (validator.includes('require(')) throw new Error('The compiled schema needs ajv at run time.');

await mkdir(target, { recursive: true });
const { code } = await transform(
  `import { formats } from '../formats.ts';\n${validator}\nexport const places = ${JSON.stringify(places(schema))};`,
  { minifyWhitespace: true, minifySyntax: true },
);
await mkdir(target, { recursive: true });
await writeFile(`${target}/schema.js`, code);
await writeFile(
  `${target}/schema.d.ts`,
  `import type { ErrorObject } from 'ajv';

export interface Validate {
  (data: unknown): boolean;
  errors?: readonly ErrorObject[] | null;
}
export const validate: Validate;
/** Which keys stand where, for a key that stands elsewhere. */
export const places: readonly { readonly place: string; readonly keys: readonly string[] }[];
`,
);

/** The objects whose keys people indent wrongly. */
function places({ properties, $defs }: AnySchemaObject): unknown {
  const { service, deploy, build, healthcheck, limits } = $defs as Record<string, { properties: object }>;
  const parts = { '': { properties: properties as object }, 'a service': service, deploy, build, healthcheck };
  const named = { ...parts, 'deploy.resources.limits': limits };
  return Object.entries(named).map(([place, part]) => ({ place, keys: Object.keys(part?.properties ?? {}) }));
}

/** Editors read descriptions; the validator does not. */
function withoutDescriptions(part: AnySchemaObject): AnySchemaObject {
  const text = JSON.stringify(part, (key, value: unknown) =>
    key === 'description' && typeof value === 'string' ? undefined : value,
  );
  return JSON.parse(text) as AnySchemaObject;
}
