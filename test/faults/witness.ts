import { onTestFinished } from 'vitest';
import { call, type Inspected, networksOf, volumesOf } from '../support/real/api.ts';
import type { TestStack } from '../support/real/stack.ts';
import type { Scenario } from './scenarios.ts';

/** What must not change whatever happens: a container, a network and a volume of somebody else, named like the stack's. */
export interface Bystander {
  readonly identity: () => Promise<string>;
}

export async function openBystander({ engine, project }: TestStack): Promise<Bystander> {
  const [name, network, volume] = [`${project}-web-10`, `${project}_other`, `${project}_other`];
  await call(engine, 'POST', '/networks/create', { Name: network });
  await call(engine, 'POST', '/volumes/create', { Name: volume });
  const HostConfig = { NetworkMode: network, Binds: [`${volume}:/data`], RestartPolicy: { Name: 'always' } };
  const creation = { Image: 'stack-test/busybox:1', Cmd: ['sleep', '60000'], StopTimeout: 0, HostConfig };
  await call(engine, 'POST', `/containers/create?name=${name}`, creation);
  await call(engine, 'POST', `/containers/${name}/start`);
  onTestFinished(async () => {
    await call(engine, 'DELETE', `/containers/${name}?force=1`);
    await call(engine, 'DELETE', `/networks/${network}`);
    await call(engine, 'DELETE', `/volumes/${volume}`);
  });
  return {
    identity: async () => {
      const { Id, Name } = (await call(engine, 'GET', `/containers/${name}/json`)) as Inspected;
      const { Id: networkId } = (await call(engine, 'GET', `/networks/${network}`)) as { Id: string };
      const { CreatedAt } = (await call(engine, 'GET', `/volumes/${volume}`)) as { CreatedAt: string };
      return [Id, Name, networkId, CreatedAt].join(' ');
    },
  };
}

/** Counts running containers by the engine's events: nothing is too short to be seen. */
export interface Attendance {
  /** Begins anew with what runs. */
  readonly restart: () => Promise<void>;
  /** The fewest containers of a service that ran at a time. */
  readonly fewest: (service: string) => number;
}

export async function openAttendance(stack: TestStack): Promise<Attendance> {
  const { engine, project } = stack;
  const running = new Map<string, Set<string>>();
  const fewest = new Map<string, number>();
  const filters = { type: ['container'], event: ['start', 'die'], label: [`com.docker.compose.project=${project}`] };
  const url = `${engine.host.replace('tcp:', 'http:')}/v1.41/events?filters=${encodeURIComponent(JSON.stringify(filters))}`;
  const closing = new AbortController();
  onTestFinished(() => closing.abort());
  const note = ({ Action, Actor: { ID, Attributes } }: ContainerEvent): void => {
    const service = Attributes['com.docker.compose.service'] ?? '';
    const present = running.get(service) ?? new Set();
    if (Action === 'start') present.add(ID);
    else present.delete(ID);
    running.set(service, present);
    fewest.set(service, Math.min(fewest.get(service) ?? present.size, present.size));
  };
  // The answer's head may come with the first event only.
  fetch(url, { signal: closing.signal })
    .then((answer) => readEvents(answer, note))
    .catch(() => running.clear());
  return {
    restart: async () => {
      running.clear();
      fewest.clear();
      for (const { Id, Config, State } of await stack.containers()) {
        const service = Config.Labels['com.docker.compose.service'] ?? '';
        if (State.Status === 'running') running.set(service, (running.get(service) ?? new Set()).add(Id));
      }
      for (const [service, present] of running) fewest.set(service, present.size);
    },
    fewest: (service) => fewest.get(service) ?? 0,
  };
}

interface ContainerEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

async function readEvents(answer: Response, note: (event: ContainerEvent) => void): Promise<void> {
  let rest = '';
  for await (const chunk of answer.body ?? []) {
    const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) note(JSON.parse(line) as ContainerEvent);
  }
}

/** Name and birth of every volume of the stack: one that was lost and made again is another. */
export async function volumesBorn({ engine, project }: TestStack): Promise<readonly string[]> {
  const volumes = (await volumesOf(engine, project)) as readonly {
    readonly Name: string;
    readonly CreatedAt?: string;
  }[];
  return volumes.map(({ Name, CreatedAt }) => `${Name} ${CreatedAt ?? ''}`).toSorted();
}

/** What is not as it should be once a scenario has been completed. */
export async function flaws(stack: TestStack, scenario: Scenario, n: number): Promise<readonly string[]> {
  const { engine, project } = stack;
  const containers = await stack.containers();
  const found = containers.map(({ Name }) => Name.slice(project.length + 2));
  const wrong: string[] = [];
  if (found.join() !== scenario.containers.join()) wrong.push(`containers: ${found.join()}`);
  for (const { Name, State, Config } of containers) {
    if (State.Status !== 'running') wrong.push(`${Name} is ${State.Status}`);
    const isOurs = Config.Labels['com.docker.compose.service']?.endsWith('.balancer') === true;
    if (!isOurs && !Config.Env.includes(`VERSION=${scenario.version(n)}`))
      wrong.push(`${Name} has ${Config.Env.join()}`);
  }
  const networks = (await networksOf(engine, project)).map(({ Name }) => Name).join();
  if (networks !== `${project}_default`) wrong.push(`networks: ${networks}`);
  return wrong;
}

/** Whether the stack's lock is on its engine, held or left behind. */
export async function hasLock({ engine, project }: TestStack): Promise<boolean> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`stack.lock=${project}`] }));
  return ((await call(engine, 'GET', `/containers/json?all=1&filters=${filters}`)) as readonly unknown[]).length > 0;
}
