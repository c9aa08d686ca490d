import type { Hook, PublishedPort } from '../../src/model/container.ts';
import type { Desired, UpdatePolicy } from '../../src/model/desired.ts';
import type { Request } from '../../src/model/request.ts';
import {
  attachment,
  dependency,
  desired,
  down,
  healthcheck,
  network,
  port,
  rollback,
  service,
  spec,
  up,
  updatePolicy,
  volumeMount,
} from '../support/builders.ts';
import type { Behaviour } from '../support/memory-world.ts';

/** One change of a stack, in the middle of which a run may die. */
export interface Scenario {
  readonly name: string;
  /** Converged before the change; undefined: nothing is there. */
  readonly before: Desired | undefined;
  /** What {@link before} was an update of. Default: of nothing. */
  readonly earlier?: Desired;
  readonly after: Desired;
  /** What is there in the end. Default: {@link after}. */
  readonly end?: Desired;
  readonly request: Request;
  readonly apiVersion?: string;
  /** Services that must have a running container at every moment. */
  readonly alwaysUp: readonly string[];
  /** Containers that one slot may hold at a moment. Default: two. */
  readonly crowd?: number;
  /** This version does not start any more once the state before is there. */
  readonly breaks?: string;
  /** Services whose new version does not work: the old one must serve in the end. */
  readonly bad: readonly string[];
}

/** Every program is told by its environment how to behave. */
export function behave(
  { environment }: { readonly environment: readonly (readonly [string, string])[] },
  slot = 1,
): Behaviour {
  switch (new Map(environment).get('BEHAVIOUR')) {
    case 'exits':
      return { exitsAfterMs: 300, exitCode: 3, output: ['starting', 'fatal: no such table'] };
    case 'exits second':
      return slot === 2 ? { exitsAfterMs: 300, exitCode: 3 } : {};
    case 'exits late':
      return { exitsAfterMs: 8000, exitCode: 4 };
    case 'unhealthy':
      return { healthyAfterMs: 'never', output: ['listening on the wrong port'] };
    case 'refuses':
      return { refusesToStart: 'exec: "/nope": stat /nope: no such file or directory' };
    case 'bad hook':
      return { commands: { register: { exitCode: 1, output: ['no such service'] } } };
    case 'job':
      return { exitsAfterMs: 500, exitCode: 0 };
    default:
      return {};
  }
}

const version = (text: string, behaviour = ''): { readonly environment: readonly (readonly [string, string])[] } => ({
  environment: [
    ['BEHAVIOUR', behaviour],
    ['VERSION', text],
  ],
});

const plain = (text: string, behaviour?: string): Desired =>
  desired([service({ container: version(text, behaviour) })]);

const withPort = (text: string, behaviour?: string): Desired =>
  desired([service({ container: { ...version(text, behaviour), ports: [port(8080)], healthcheck: healthcheck() } })]);

const withData = (text: string, behaviour?: string): Desired =>
  desired([service({ container: { ...version(text, behaviour), volumes: [volumeMount('data')] } })]);

const replicas = (count: number, text: string): Desired =>
  desired([service({ replicas: count, container: version(text) })]);

/** Three replicas of which the second one's new version does not work. */
const oneBad = (text: string, update: Partial<UpdatePolicy> = {}): Desired =>
  desired([
    service({
      replicas: 3,
      update: updatePolicy(update),
      rollback: updatePolicy({ monitorMs: 1000 }),
      container: version(text, text === '1' ? '' : 'exits second'),
    }),
  ]);

const blog = (text: string): Desired =>
  desired([
    service({
      name: 'db',
      container: { ...version(text), healthcheck: healthcheck(), volumes: [volumeMount('data')] },
    }),
    service({
      name: 'migrate',
      dependsOn: [dependency('db', { condition: 'healthy' })],
      container: version(text, 'job'),
    }),
    service({
      name: 'web',
      dependsOn: [dependency('db', { condition: 'healthy' }), dependency('migrate', { condition: 'completed' })],
      container: version(text),
    }),
  ]);

const twoNetworks = (text: string, driverOpts: readonly (readonly [string, string])[] = []): Desired =>
  desired(
    [
      service({
        container: {
          ...version(text),
          network: { kind: 'networks', attachments: [attachment('front'), attachment('back')] },
        },
      }),
    ],
    { networks: [network('back'), network('front', { spec: { ...network().spec, driverOpts } })] },
  );

const anonymous = (text: string): Desired =>
  desired([service({ container: { ...version(text), volumes: [volumeMount(undefined)] } })]);

/** The proxy of a tunnel; both change at once. */
const tunnelled = (text: string, share: 'network' | 'ipc', behaviour = ''): Desired => {
  const sharing =
    share === 'network'
      ? { network: { kind: 'service', service: 'tunnel' } as const }
      : { namespaces: { ...spec().namespaces, ipc: 'service:tunnel' } };
  return desired([
    service({ name: 'tunnel', container: version(text) }),
    service({
      dependsOn: [dependency('tunnel', { restart: true })],
      container: { ...version(text, behaviour), ...sharing },
    }),
  ]);
};

const withSecret = (text: string): Desired => {
  const file = {
    kind: 'secret',
    source: 'key',
    target: '/run/secrets/key',
    delivery: 'copy',
    path: undefined,
  } as const;
  const files = [{ ...file, digest: text, uid: 0, gid: 0, mode: 0o400 }];
  const contents = new Map([[text, Buffer.from(`secret ${text}`)]]);
  return desired([service({ container: { ...version(text), files } })], { contents });
};

const hook = (command: string): Hook => ({
  command: [command],
  user: undefined,
  privileged: false,
  workingDir: undefined,
  environment: [],
});

interface HookedOptions {
  readonly behaviour?: string;
  readonly count?: number;
  readonly ports?: readonly PublishedPort[];
}

const hooked = (text: string, { behaviour = '', count = 1, ports = [] }: HookedOptions = {}): Desired => {
  const hooks = { postStart: [hook('warm'), hook('register')], preStop: [hook('drain')] };
  return desired([service({ replicas: count, container: { ...version(text, behaviour), ...hooks, ports } })]);
};

const still = { alwaysUp: [], bad: [] };

export const scenarios: readonly Scenario[] = [
  { name: 'fresh', before: undefined, after: blog('1'), request: up(), ...still },
  {
    name: 'fresh on an old engine',
    before: undefined,
    after: twoNetworks('1'),
    request: up(),
    apiVersion: '1.41',
    ...still,
  },
  { name: 'recreate start-first', before: plain('1'), after: plain('2'), request: up(), ...still, alwaysUp: ['web'] },
  { name: 'recreate stop-first, a port', before: withPort('1'), after: withPort('2'), request: up(), ...still },
  { name: 'recreate stop-first, a volume', before: withData('1'), after: withData('2'), request: up(), ...still },
  {
    name: 'recreate with dependencies and a job',
    before: blog('1'),
    after: blog('2'),
    request: up(),
    ...still,
    alwaysUp: ['web'],
  },
  {
    name: 'recreate by force',
    before: plain('1'),
    after: plain('1'),
    request: up({ recreate: 'always' }),
    ...still,
    alwaysUp: ['web'],
  },
  { name: 'recreate with an anonymous volume', before: anonymous('1'), after: anonymous('2'), request: up(), ...still },
  {
    name: 'recreate on an old engine',
    before: twoNetworks('1'),
    after: twoNetworks('2'),
    request: up(),
    apiVersion: '1.41',
    ...still,
    alwaysUp: ['web'],
  },
  {
    name: 'rolling update',
    before: replicas(3, '1'),
    after: replicas(3, '2'),
    request: up(),
    ...still,
    alwaysUp: ['web'],
  },
  { name: 'scale up', before: replicas(1, '1'), after: replicas(3, '1'), request: up(), ...still, alwaysUp: ['web'] },
  { name: 'scale down', before: replicas(3, '1'), after: replicas(1, '1'), request: up(), ...still, alwaysUp: ['web'] },
  {
    name: 'scale and update',
    before: replicas(2, '1'),
    after: replicas(3, '2'),
    request: up(),
    ...still,
    alwaysUp: ['web'],
  },
  {
    name: 'bad update start-first, exits',
    before: plain('1'),
    after: plain('2', 'exits'),
    request: up(),
    alwaysUp: ['web'],
    bad: ['web'],
  },
  {
    name: 'bad update start-first, refuses',
    before: plain('1'),
    after: plain('2', 'refuses'),
    request: up(),
    alwaysUp: ['web'],
    bad: ['web'],
  },
  {
    name: 'bad update stop-first, unhealthy',
    before: withPort('1'),
    after: withPort('2', 'unhealthy'),
    request: up(),
    alwaysUp: [],
    bad: ['web'],
  },
  {
    name: 'bad update stop-first, refuses',
    before: withData('1'),
    after: withData('2', 'refuses'),
    request: up(),
    alwaysUp: [],
    bad: ['web'],
  },
  {
    name: 'bad rolling update, rolled back',
    before: oneBad('1'),
    after: oneBad('2'),
    request: up(),
    alwaysUp: ['web'],
    bad: ['web'],
  },
  {
    name: 'bad rolling update with delay and monitor, rolled back',
    before: oneBad('1'),
    after: oneBad('2', { delayMs: 5000, monitorMs: 3000 }),
    request: up(),
    alwaysUp: ['web'],
    bad: ['web'],
  },
  {
    name: 'bad update that dies while it is watched',
    before: plain('1'),
    after: desired([service({ update: updatePolicy({ monitorMs: 10_000 }), container: version('2', 'exits late') })]),
    request: up(),
    alwaysUp: ['web'],
    bad: ['web'],
  },
  {
    name: 'rollback',
    earlier: replicas(3, '1'),
    before: replicas(3, '2'),
    after: replicas(3, '2'),
    end: replicas(3, '1'),
    request: rollback(),
    ...still,
    alwaysUp: ['web'],
  },
  {
    name: 'rollback stop-first, a port',
    earlier: withPort('1'),
    before: withPort('2'),
    after: withPort('2'),
    end: withPort('1'),
    request: rollback(),
    ...still,
  },
  {
    name: 'rollback to a version that does not work any more',
    earlier: plain('1'),
    before: plain('2'),
    after: plain('2'),
    end: plain('1'),
    request: rollback(),
    breaks: '1',
    alwaysUp: ['web'],
    bad: ['web'],
  },
  { name: 'hooks, fresh', before: undefined, after: hooked('1', { count: 2 }), request: up(), ...still },
  {
    name: 'hooks, recreate start-first',
    before: hooked('1'),
    after: hooked('2'),
    request: up(),
    ...still,
    alwaysUp: ['web'],
  },
  { name: 'hooks, scale down', before: hooked('1', { count: 2 }), after: hooked('1'), request: up(), ...still },
  { name: 'hooks, down', before: hooked('1'), after: hooked('1'), request: down(), ...still },
  {
    name: 'bad update stop-first, hooks',
    before: hooked('1', { ports: [port(8080)] }),
    after: hooked('2', { behaviour: 'bad hook', ports: [port(8080)] }),
    request: up(),
    alwaysUp: [],
    bad: ['web'],
  },
  {
    name: 'bad update start-first, hooks',
    before: hooked('1'),
    after: hooked('2', { behaviour: 'bad hook' }),
    request: up(),
    alwaysUp: ['web'],
    bad: ['web'],
  },
  {
    name: 'network changed',
    before: twoNetworks('1'),
    after: twoNetworks('1', [['mtu', '1400']]),
    request: up(),
    ...still,
  },
  {
    name: 'orphan removed',
    before: desired([service(), service({ name: 'old' })]),
    after: desired([service()]),
    request: up({ removeOrphans: true }),
    ...still,
    alwaysUp: ['web'],
  },
  {
    name: 'recreate what shares a network',
    before: tunnelled('1', 'network'),
    after: tunnelled('2', 'network'),
    request: up(),
    ...still,
  },
  {
    name: 'bad update of what shares a network',
    before: tunnelled('1', 'network'),
    after: tunnelled('2', 'network', 'exits'),
    request: up(),
    alwaysUp: ['tunnel'],
    bad: ['web'],
    // The old container, which cannot start again, the one that failed, and the old version made anew.
    crowd: 3,
  },
  {
    name: 'bad update of what shares an ipc namespace',
    before: tunnelled('1', 'ipc'),
    after: tunnelled('2', 'ipc', 'refuses'),
    request: up(),
    alwaysUp: [],
    bad: ['web'],
    crowd: 3,
  },
  { name: 'fresh with a secret', before: undefined, after: withSecret('1'), request: up(), ...still },
  {
    name: 'recreate with a secret',
    before: withSecret('1'),
    after: withSecret('2'),
    request: up(),
    ...still,
    alwaysUp: ['web'],
  },
  { name: 'down', before: blog('1'), after: blog('1'), request: down(), ...still },
];
