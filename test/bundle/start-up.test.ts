import { build, type Metafile } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { options } from '../../src/bundle/options.ts';

let outputs: Metafile['outputs'] = {};
beforeAll(async () => {
  ({ outputs } = (await build({ ...options, metafile: true, write: false })).metafile);
});

/** What every command line loads, whatever it asks for. */
const always = ['src/cli/main.ts', 'src/cli/process-context.ts', 'src/cli/signals.ts', 'src/cli/exit.ts'];

/** Packages and modules of ours that are loaded before and by the modules that are imported when they are needed. */
function loaded(...whenNeeded: readonly string[]): ReadonlySet<string> {
  const open = Object.keys(outputs).filter((path) => {
    const { entryPoint } = outputs[path] ?? {};
    return entryPoint !== undefined && ['src/main.ts', ...always, ...whenNeeded].includes(entryPoint);
  });
  expect(open).toHaveLength(1 + always.length + whenNeeded.length);
  const seen = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const imports = outputs[path]?.imports ?? [];
    open.push(...imports.filter(({ kind }) => kind === 'import-statement').map((one) => one.path));
  }
  // `built-in:` and `unused:` are modules that the bundle puts in the place of others.
  const inputs = [...seen]
    .flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}))
    .filter((it) => !it.includes(':'));
  return new Set(inputs.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? input));
}

const heavy = ['yaml', 'ajv', 'dockerode', 'ink', 'react', 'p-queue', '@dagrejs/graphlib'];
const heavyIn = (names: ReadonlySet<string>): readonly string[] => heavy.filter((name) => names.has(name));

test('version and help load no package but commander', () => {
  const names = loaded('src/cli/commands/version.ts');
  expect([...names].filter((name) => !name.startsWith('src/') && name !== 'package.json')).toEqual(['commander']);
  expect([...names].filter((name) => name.startsWith('src/spec/generated'))).toEqual([]);
});

test('config loads what reads files, and nothing that talks to engines', () => {
  const names = loaded('src/cli/commands/config.ts');
  expect(heavyIn(names)).toContain('yaml');
  expect(heavyIn(names)).not.toContain('dockerode');
  expect(heavyIn(names)).not.toContain('ink');
  expect([...names].filter((name) => /^src\/(reconcile|plan)\//.test(name))).toEqual([]);
});

test('the live screen is loaded by itself, when there is something to draw', () => {
  expect(heavyIn(loaded('src/cli/commands/up.ts', 'src/cli/engines/connect.ts'))).not.toContain('ink');
  expect(heavyIn(loaded('src/tui/show.tsx'))).toContain('ink');
});

test('listing stacks loads no planner', () => {
  expect(heavyIn(loaded('src/cli/commands/ls.ts', 'src/cli/engines/connect.ts'))).toEqual(['dockerode']);
});

test('pulling and building are loaded when there is something to pull or build', () => {
  const names = loaded('src/cli/commands/up.ts', 'src/cli/engines/connect.ts');
  expect([...names].filter((name) => /^(src\/engine\/(images|build)\/|tar-)/.test(name))).toEqual([]);
  expect(loaded('src/engine/build/build.ts')).toContain('tar-stream');
});

test('lists of engines, ssh, swarms and the care for engines are loaded when they are used', () => {
  const names = loaded('src/cli/commands/up.ts', 'src/cli/engines/connect.ts');
  const rare =
    /^src\/(spec\/inventory|engine\/(setup|swarm|transport\/ssh)|cli\/engines\/(check|join|read-list|table))\b/;
  expect([...names].filter((name) => rare.test(name) || name === 'src/spec/generated/engines.js')).toEqual([]);
});

test('what dockerode would bring beside its methods is left out', () => {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  expect(inputs.filter((input) => /node_modules\/(docker-modem|tar-fs|ssh2|protobufjs|@grpc)\//.test(input))).toEqual(
    [],
  );
});
