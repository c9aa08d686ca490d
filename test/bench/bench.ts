import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeProject } from '../support/real/api.ts';
import type { TestEngine } from '../support/real/engines.ts';
import { type Scenario, scenarios } from './cases.ts';
import { type Command, measure, type Sample } from './measure.ts';
import { type Pair, renderTable } from './table.ts';

const usage = `usage: bench.ts --engine tcp://HOST:PORT --compose PROGRAM [options]

  --rounds N        rounds of what needs an engine; the rest is measured three times as often (5)
  --minutes N       begin no round after that time (10)
  --only TEXT       scenarios whose name contains it: version, config 20, 10 services, scale
  --seed N          decides which tool begins each round
  --program PATH    folder of the bundle (dist)
`;

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    compose: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '10' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    program: { type: 'string', default: `${import.meta.dirname}/../../dist` },
    help: { type: 'boolean', default: false },
  },
});
const { engine: host, compose: peer } = values;
if (values.help || host === undefined || peer === undefined) {
  process.stdout.write(usage);
  process.exit(values.help ? 0 : 2);
}

type Tool = keyof Pair;
type Contender = Pick<Command, 'program' | 'folder' | 'environment'> & { readonly project: string };

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal));
const until = performance.now() + Number(values.minutes) * 60_000;
const engine: TestEngine = { name: 'bench', host, address: new URL(host).hostname };
const base = await mkdtemp(join(tmpdir(), 'stack-bench-'));
// A copy, so that a build in the meantime changes nothing.
await cp(values.program, join(base, 'dist'), { recursive: true });
await writeFile(join(base, 'dist/package.json'), '{"type": "module"}');
const contenders: Readonly<Record<Tool, Contender>> = {
  stack: await contender('stack', [process.execPath, join(base, 'dist/main.js')]),
  compose: await contender('compose', [peer]),
};
const random = randomNumbers(Number(values.seed));
const pairs = new Map<string, Pair[]>();

try {
  process.stdout.write(`${(await describeSetting()).join('\n')}\n\n`);
  for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) await contest(scenario);
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.exitCode = 1;
} finally {
  for (const { project } of Object.values(contenders)) await removeProject(engine, project);
  await rm(base, { recursive: true, force: true });
  const results = [...pairs].map(([title, some]) => ({ title, pairs: some }));
  process.stdout.write(`${renderTable(results, 'text')}\n${renderTable(results, 'markdown')}`);
}

/** Round after round, both tools go through the scenario; a first round without the clock warms the caches. */
async function contest(scenario: Scenario): Promise<void> {
  const rounds = Number(values.rounds) * (scenario.needsEngine ? 1 : 3);
  for (let round = 0; round <= rounds; round += 1) {
    if (performance.now() > until) return void process.stderr.write(`${scenario.name}: out of time\n`);
    process.stderr.write(`${scenario.name}: round ${round} of ${rounds}\n`);
    const order: readonly Tool[] = random() < 0.5 ? ['stack', 'compose'] : ['compose', 'stack'];
    const taken = new Map<Tool, readonly Sample[]>();
    for (const tool of order) taken.set(tool, await goThrough(scenario, contenders[tool]));
    if (round === 0) continue;
    scenario.steps.forEach(({ title }, index) => {
      const [stack, compose] = [taken.get('stack')?.[index], taken.get('compose')?.[index]];
      if (title === undefined || stack === undefined || compose === undefined) return;
      pairs.set(title, [...(pairs.get(title) ?? []), { stack, compose }]);
    });
  }
}

async function goThrough({ steps }: Scenario, { project, ...command }: Contender): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const { args, file } of steps) {
    if (file !== undefined) await writeFile(join(command.folder, 'compose.yaml'), file);
    samples.push(await measure({ ...command, args }, stop.signal));
  }
  return samples;
}

/** A folder, a project name that nobody else has, and nothing of the developer's environment. */
async function contender(tool: Tool, program: Contender['program']): Promise<Contender> {
  const project = `bench-${tool}-${process.pid}`;
  const folder = join(base, project);
  await mkdir(folder);
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: base,
    DOCKER_HOST: host ?? '',
    STACK_ALLOW_PLAIN_TCP: '1',
  };
  return { project, program, folder, environment: { ...environment, COMPOSE_PROJECT_NAME: project } };
}

async function describeSetting(): Promise<readonly string[]> {
  const versions = Object.values(contenders).map(({ program: [name, ...first], environment }) =>
    execFileSync(name, [...first, 'version', '--short'], { env: environment, encoding: 'utf8' }).trim(),
  );
  const answer = await fetch(`${host?.replace('tcp:', 'http:') ?? ''}/version`, {
    signal: AbortSignal.timeout(10_000),
  });
  const { Version } = (await answer.json()) as { readonly Version: string };
  return [
    `stack ${versions[0] ?? ''} on Node.js ${process.versions.node} beside Docker Compose ${versions[1] ?? ''}, Docker ${Version}`,
    `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, seed ${values.seed}`,
  ];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
