import { onTestFinished } from 'vitest';
import { call } from './api.ts';
import { type TestEngine, testEngines } from './engines.ts';
import { runOnHost } from './hosts.ts';
import { openStack, type TestStack } from './stack.ts';

/** The image that every node has, under one id. */
export const image = 'stack-test/busybox:1';

/** Three engines of one swarm; the first is its manager. */
export interface TestSwarm {
  readonly manager: TestEngine;
  readonly engines: readonly TestEngine[];
  readonly end: () => Promise<void>;
}

/** Makes a swarm of the test engines, and gives all the manager's image, so that it has one id everywhere. */
export async function openSwarm(): Promise<TestSwarm> {
  const engines = testEngines();
  const [manager, ...workers] = engines;
  if (manager === undefined || workers.length < 2) throw new Error('a swarm wants three engines in STACK_TEST_ENGINES');
  await leaveSwarm(engines);
  await call(manager, 'POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: manager.address });
  const { JoinTokens } = (await call(manager, 'GET', '/swarm')) as { readonly JoinTokens: { readonly Worker: string } };
  const RemoteAddrs = [`${manager.address}:2377`];
  for (const worker of workers) {
    await call(worker, 'POST', '/swarm/join', {
      ListenAddr: '0.0.0.0:2377',
      AdvertiseAddr: worker.address,
      RemoteAddrs,
      JoinToken: JoinTokens.Worker,
    });
  }
  await shareImage(manager, workers);
  return { manager, engines, end: () => leaveSwarm(engines) };
}

/** Takes the engines out of whatever swarm they are in. */
export async function leaveSwarm(engines: readonly TestEngine[]): Promise<void> {
  // A worker leaves first, so that the manager is not left with a node that is down.
  for (const engine of engines.toReversed()) await call(engine, 'POST', '/swarm/leave?force=1').catch(() => undefined);
}

async function shareImage(from: TestEngine, to: readonly TestEngine[]): Promise<void> {
  const saved = await fetch(`${httpOf(from)}/v1.41/images/get?names=${image}`);
  const archive = await saved.arrayBuffer();
  for (const engine of to) {
    const headers = { 'Content-Type': 'application/x-tar' };
    const loaded = await fetch(`${httpOf(engine)}/v1.41/images/load`, { method: 'POST', body: archive, headers });
    await loaded.text();
  }
}

const httpOf = ({ host }: TestEngine): string => host.replace('tcp:', 'http:');

/** A stack on the swarm; when the test ends, all that carries its label goes. */
export async function openSwarmStack(
  { manager }: TestSwarm,
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestStack> {
  const stack = await openStack(manager, files, { environment: { STACK_TARGET: 'swarm', ...environment } });
  onTestFinished(async () => {
    await stack.run('down');
  });
  return stack;
}

/** A service as the swarm has it. */
export interface SwarmService {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: {
    readonly Name: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Mode: { readonly Replicated?: { readonly Replicas: number } };
    readonly TaskTemplate: {
      readonly ContainerSpec: {
        readonly Image: string;
        readonly Env?: readonly string[];
        readonly Args?: readonly string[];
        readonly Configs?: readonly { readonly ConfigName: string }[];
        readonly Secrets?: readonly { readonly SecretName: string }[];
      };
    };
  };
}

const ofStack = (project: string): string =>
  `filters=${encodeURIComponent(JSON.stringify({ label: [`com.docker.stack.namespace=${project}`] }))}`;

/** The stack's services by their names in the file. */
export async function servicesOf({ engine, project }: TestStack): Promise<ReadonlyMap<string, SwarmService>> {
  const list = (await call(engine, 'GET', `/services?${ofStack(project)}`)) as readonly SwarmService[];
  return new Map(list.map((service) => [service.Spec.Name.slice(project.length + 1), service]));
}

/** One service of the stack. */
export async function serviceOf(stack: TestStack, name: string): Promise<SwarmService> {
  const found = (await servicesOf(stack)).get(name);
  if (found === undefined) throw new Error(`the swarm has no service ${name}`);
  return found;
}

interface Task {
  readonly ServiceID: string;
  readonly NodeID: string;
  readonly CreatedAt: string;
  readonly DesiredState: string;
  readonly Status: { readonly State: string; readonly Timestamp: string };
}

/** Tasks of one service that run and are to run. */
export async function runningTasks(stack: TestStack, service: string): Promise<readonly Task[]> {
  const { ID } = await serviceOf(stack, service);
  const tasks = (await call(stack.engine, 'GET', `/tasks?${ofStack(stack.project)}`)) as readonly Task[];
  return tasks.filter(
    ({ ServiceID, DesiredState, Status }) =>
      ServiceID === ID && DesiredState === 'running' && Status.State === 'running',
  );
}

/** Names of the stack's configs and secrets on the swarm. */
export async function filesOf({ engine, project }: TestStack): Promise<readonly string[]> {
  const lists = await Promise.all(
    ['configs', 'secrets'].map((kind) => call(engine, 'GET', `/${kind}?${ofStack(project)}`)),
  );
  return (lists.flat() as readonly { readonly Spec: { readonly Name: string } }[])
    .map(({ Spec }) => Spec.Name)
    .toSorted();
}

/** Everything of the stack anywhere: on the swarm, and containers of its tasks on each engine. */
export async function traces({ engines }: TestSwarm, stack: TestStack): Promise<readonly string[]> {
  const { engine, project } = stack;
  const networks = (await call(engine, 'GET', `/networks?${ofStack(project)}`)) as readonly { readonly Name: string }[];
  const containers = await Promise.all(
    engines.map((each) => call(each, 'GET', `/containers/json?all=1&${ofStack(project)}`)),
  );
  const names = (containers.flat() as readonly { readonly Names: readonly string[] }[]).flatMap(({ Names }) => Names);
  return [
    ...(await servicesOf(stack)).keys(),
    ...networks.map(({ Name }) => Name),
    ...(await filesOf(stack)),
    ...names,
  ];
}

/** Tells what was written to the swarm since this call: `service update`. */
export async function watchWrites({ manager }: TestSwarm): Promise<{ writes: () => Promise<readonly string[]> }> {
  const now = async (): Promise<number> =>
    Date.parse(((await call(manager, 'GET', '/info')) as { readonly SystemTime: string }).SystemTime) / 1000;
  // Events of the writes before this call come a moment late.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const since = await now();
  const filters = encodeURIComponent(
    JSON.stringify({ type: ['service', 'network', 'config', 'secret'], scope: ['swarm'] }),
  );
  return {
    writes: async () => {
      const until = (await now()) + 1;
      const answer = await fetch(`${httpOf(manager)}/v1.41/events?since=${since}&until=${until}&filters=${filters}`);
      return (await answer.text())
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { readonly Type: string; readonly Action: string })
        .map(({ Type, Action }) => `${Type} ${Action}`);
    },
  };
}

/** What docker's own client prints on the manager. */
export const docker = ({ manager }: TestSwarm, ...args: readonly string[]): Promise<string> =>
  runOnHost(manager, 'docker', ...args);
