import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { call, removeContainers, removeProject } from '../support/real/api.ts';
import { type TestEngine, testEngines } from '../support/real/engines.ts';
import { openHost } from '../support/real/hosts.ts';
import { openStack, type TestStack } from '../support/real/stack.ts';

/** A stack over three hosts, which its tests lose and get back. */
export interface Fleet {
  readonly stack: TestStack;
  /** Takes a host away; it is back at the end of the test at the latest. */
  readonly lose: (name: string, loss: Loss) => Promise<void>;
  readonly bringBack: (name: string) => Promise<void>;
  /** Running replicas by engine, of those that answer: `['a/1', 'b/2']`. Default: of all services. */
  readonly running: (service?: string) => Promise<readonly string[]>;
  /** Counts running replicas until it is told to end. Default: of all services. */
  readonly sample: (service?: string) => Sampler;
}

/** Options of {@link openFleet}. */
interface FleetOptions {
  /** Files beside the stack file. */
  readonly files?: Readonly<Record<string, string>>;
  /** Labels of engines by name, as the list has them: `{ b: 'disk: ssd' }`. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Without power, without a cable, or with an engine that hangs. */
export type Loss = 'lose' | 'cut' | 'freeze';

const returns = { lose: 'boot', cut: 'heal', freeze: 'thaw' } as const;

/** What is seen every fifth of a second. */
export interface Sampler {
  /** Seconds from now until that many distinct replicas run and none of them twice. */
  readonly until: (replicas: number, deadlineSeconds: number) => Promise<number>;
  readonly end: () => Promise<{ readonly least: number; readonly most: number }>;
}

const names = ['a', 'b', 'c'];
/** It ends at once when it is told, and runs until then. */
const program = `[sh, -c, 'trap "exit 0" TERM; while :; do sleep 1 & wait; done']`;
const image = 'stack-test/busybox:1';

/** A service `web` that can run anywhere. */
export const web = (replicas: number, more = ''): string =>
  `services: {web: {image: "${image}", command: ${program}, network_mode: none, deploy: {replicas: ${replicas}}${more}}}\n`;

export async function openFleet(file: string, { files = {}, labels = {} }: FleetOptions = {}): Promise<Fleet> {
  const engines = testEngines();
  const [first] = engines;
  if (first === undefined || engines.length !== 3) throw new Error('STACK_TEST_ENGINES must name three engines');
  const lines = engines.map(({ host }, index) => {
    const name = names[index] ?? '';
    return `  ${name}: {endpoint: "${host}", plain: true, labels: {${labels[name] ?? ''}}}\n`;
  });
  const stack = await openStack(
    first,
    { ...files, 'stack.yaml': file, 'engines.yaml': `engines:\n${lines.join('')}` },
    { environment: { DOCKER_HOST: '' } },
  );
  const away = new Map<string, Loss>();
  const engineOf = (name: string): TestEngine => engines[names.indexOf(name)] ?? first;
  const bringBack = async (name: string): Promise<void> => {
    const loss = away.get(name);
    away.delete(name);
    if (loss !== undefined) await (await openHost(engineOf(name)))(returns[loss]);
  };
  onTestFinished(async () => {
    for (const name of [...away.keys()]) await bringBack(name);
    await setTimeout(500);
    // What spans engines can go once nothing on any of them is in it.
    for (const engine of engines) await removeContainers(engine, stack.project);
    for (const engine of engines) await untilRemoved(engine, stack.project);
  });
  const running = (service?: string): Promise<readonly string[]> => {
    const labels = [`com.docker.compose.project=${stack.project}`];
    if (service !== undefined) labels.push(`com.docker.compose.service=${service}`);
    return replicasOn(engines, away, labels);
  };
  return {
    stack,
    bringBack,
    running,
    sample: (service) => openSampler(() => running(service)),
    async lose(name, loss) {
      away.set(name, loss);
      await (await openHost(engineOf(name)))(loss);
    },
  };
}

/** A network that spans engines goes when all members of the swarm know that it is not in use. */
async function untilRemoved(engine: TestEngine, project: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await removeProject(engine, project);
    } catch (error) {
      if (attempt === 20) throw error;
      await setTimeout(1000);
    }
  }
}

interface Listed {
  readonly Labels: Readonly<Record<string, string>>;
}

async function replicasOn(
  engines: readonly TestEngine[],
  away: ReadonlyMap<string, Loss>,
  labels: readonly string[],
): Promise<readonly string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: labels }));
  const lists = engines.map(async (engine, index) => {
    const name = names[index] ?? '';
    if (away.has(name)) return [];
    const listed = (await call(engine, 'GET', `/containers/json?filters=${filters}`)) as readonly Listed[];
    return listed.map(({ Labels }) => `${name}/${Labels['com.docker.compose.container-number'] ?? ''}`);
  });
  return (await Promise.all(lists)).flat().toSorted();
}

const slotsOf = (running: readonly string[]): readonly string[] => running.map((it) => it.slice(2));

function openSampler(look: () => Promise<readonly string[]>): Sampler {
  const counts: number[] = [];
  let slots: readonly string[] = [];
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      // A host that is on its way out or in may refuse this once.
      const seen = await look().catch(() => undefined);
      if (seen !== undefined) {
        slots = slotsOf(seen);
        counts.push(new Set(slots).size);
      }
      await setTimeout(200);
    }
  })();
  return {
    async until(replicas, deadlineSeconds) {
      const startedAt = performance.now();
      const seconds = (): number => Math.round((performance.now() - startedAt) / 100) / 10;
      slots = [];
      while (slots.length !== replicas || new Set(slots).size !== replicas) {
        if (seconds() > deadlineSeconds) throw new Error(`after ${seconds()} s there are ${slots.join(' ')}`);
        await setTimeout(100);
      }
      return seconds();
    },
    async end() {
      isOver = true;
      await sampling;
      return { least: Math.min(...counts), most: Math.max(...counts) };
    },
  };
}
