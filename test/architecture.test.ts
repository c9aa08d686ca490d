import { resolve } from 'node:path';
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { expect, test } from 'vitest';

/** Which rooms of src/ each room may import. A room may always import itself. */
const mayImport = {
  model: [],
  spec: ['model'],
  plan: ['model'],
  engine: ['model'],
  reconcile: ['model', 'plan', 'engine'],
  tui: ['model'],
  cli: ['model', 'spec', 'plan', 'engine', 'reconcile', 'tui'],
} as const;

/** The one room that may touch each package. */
const owner = {
  yaml: 'spec',
  ajv: 'spec',
  '@dagrejs/graphlib': 'plan',
  dockerode: 'engine',
  'tar-stream': 'engine',
  '@balena/dockerignore': 'engine',
  'p-queue': 'reconcile',
  ink: 'tui',
  react: 'tui',
  commander: 'cli',
} as const;

const forbidden: IForbiddenRuleType[] = [
  { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
  ...Object.entries(mayImport).map(([room, others]) => ({
    name: `${room}-imports`,
    severity: 'error' as const,
    from: { path: `^src/${room}/` },
    to: { path: '^src/', pathNot: `^src/(${[room, ...others].join('|')})/` },
  })),
  ...Object.entries(owner).map(([name, room]) => ({
    name: `${name}-only-in-${room}`,
    severity: 'error' as const,
    from: { path: '^src/', pathNot: `^src/(${room}|bundle)/` },
    to: { path: `^node_modules/(@types/)?${name}/` },
  })),
  {
    name: 'bundle-is-a-build-step',
    severity: 'error',
    from: { path: '^src/(?!bundle/)' },
    to: { path: '^src/bundle/' },
  },
  {
    name: 'pure-rooms-do-no-io',
    severity: 'error',
    from: { path: '^src/(model|spec|plan|tui)/' },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|path(/posix)?)$' },
  },
  {
    name: 'executor-sees-only-the-ports',
    severity: 'error',
    from: { path: '^src/reconcile/' },
    to: { path: '^src/engine/', pathNot: '^src/engine/(engine|swarm/port)\\.ts$' },
  },
];

test('imports follow the room plan', { timeout: 60_000 }, async () => {
  const { cruised, found } = await violationsIn('.');

  expect(cruised).toBeGreaterThan(50);
  expect(found).toEqual([]);
});

// With a TypeScript that it does not know, the cruiser reads no .ts file and passes.
test('an import against the room plan is found', { timeout: 60_000 }, async () => {
  const { found } = await violationsIn('test/architecture-canary');

  expect(found.toSorted()).toEqual([
    'model-imports: src/model/looks-up.ts -> src/cli/name.ts',
    'pure-rooms-do-no-io: src/model/looks-up.ts -> fs',
  ]);
});

async function violationsIn(baseDir: string): Promise<{ readonly cruised: number; readonly found: readonly string[] }> {
  const { output } = await cruise(['src'], {
    baseDir: resolve(baseDir),
    ruleSet: { forbidden },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  });
  const { summary } = output as ICruiseResult;
  return {
    cruised: summary.totalCruised,
    found: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  };
}
