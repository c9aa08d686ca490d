import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { _, type AnySchemaObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { transform } from 'esbuild';

import { formats } from '../spec/formats.ts';

/**
 * Compiles the schemas ahead of time to `src/spec/generated/`, so that no start pays for ajv.
 */
const root = `${import.meta.dirname}/../..`;
const target = `${root}/src/spec/generated`;

await mkdir(target, { recursive: true });
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
await writeFile(`${target}/engines.d.ts`, `export { places, type Validate, validate } from './schema.js';\n`);
await compile('stack', 'schema', places);
await compile('engines', 'engines', enginePlaces);

/** Writes what `schemas/NAME.schema.json` compiles to, and which keys stand where in it. */
async function compile(name: string, module: string, placesOf: (schema: AnySchemaObject) => unknown): Promise<void> {
  const schema = JSON.parse(await readFile(`${root}/schemas/${name}.schema.json`, 'utf8')) as AnySchemaObject;
  const ajv = createAjv();
  const validator = standalone.default(ajv, ajv.compile(withoutDescriptions(schema)));
  if (validator.includes('require(')) throw new Error('The compiled schema needs ajv at run time.');
  const { code } = await transform(
    `import { formats } from '../formats.ts';\n${validator}\nexport const places = ${JSON.stringify(placesOf(schema))};`,
    { minifyWhitespace: true, minifySyntax: true },
  );
  await writeFile(`${target}/${module}.js`, code);
}

function createAjv(): Ajv2020 {
  return new Ajv2020({
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
}

/** The objects whose keys people indent wrongly. */
function places({ properties, $defs }: AnySchemaObject): unknown {
  const { service, deploy, build, healthcheck, limits } = $defs as Record<string, { properties: object }>;
  const parts = { '': { properties: properties as object }, 'a service': service, deploy, build, healthcheck };
  const named = { ...parts, 'deploy.resources.limits': limits };
  return Object.entries(named).map(([place, part]) => ({ place, keys: Object.keys(part?.properties ?? {}) }));
}

function enginePlaces({ properties, $defs }: AnySchemaObject): unknown {
  const { engine, resources, tls, ssh } = $defs as Record<string, { properties: object }>;
  const parts = { '': { properties: properties as object }, 'an engine': engine, resources, tls, ssh };
  return Object.entries(parts).map(([place, part]) => ({ place, keys: Object.keys(part?.properties ?? {}) }));
}

/** Editors read descriptions; the validator does not. */
function withoutDescriptions(part: AnySchemaObject): AnySchemaObject {
  const text = JSON.stringify(part, (key, value: unknown) =>
    key === 'description' && typeof value === 'string' ? undefined : value,
  );
  return JSON.parse(text) as AnySchemaObject;
}
