/** A change of a stack that a fault may interrupt. It can be made again and again: each time has its number. */
export interface Scenario {
  readonly name: string;
  /** The state from which time `n` starts; `undefined`: nothing at all. */
  readonly before: (n: number) => string | undefined;
  readonly after: (n: number) => string;
  readonly options?: readonly string[];
  /** Services with a container that runs at every moment. */
  readonly alwaysUp: readonly string[];
  /** The containers in the end, without the project's name. */
  readonly containers: readonly string[];
  /** The version that they have in the end, for each time. */
  readonly version: (n: number) => number;
  /** The new version cannot run: `up` fails, and says so. */
  readonly isBad?: boolean;
}

interface Web {
  readonly version: number;
  readonly scale?: number;
  readonly more?: string;
}

const program = `image: stack-test/busybox:1
    command: [sleep, '6000']
    stop_grace_period: 0s`;
const healthy = `healthcheck: {test: 'true', interval: 500ms}`;

const web = ({ version, scale = 1, more = healthy }: Web): string => `
  web:
    ${program}
    environment: {VERSION: '${version}'}
    scale: ${scale}
    ${more}`;
const db = (version: number): string => `
  db:
    ${program}
    environment: {VERSION: '${version}'}
    volumes: ['data:/data']
    ${healthy}`;

const stack = (services: readonly string[], networkLabel = 'same'): string => `
services:${services.join('')}
networks: {default: {labels: {generation: '${networkLabel}'}}}
volumes: {data: {}}
`;

/** Replicas that share a port of the host. */
const shared = (port: number, version: number, scale: number): string =>
  stack([web({ version, scale, more: `ports: ['${port}:80']\n    ${healthy}` })]);

const orphan = web({ version: 0 }).replace('web:', 'old:');
const one = (n: number): string => stack([web({ version: n })]);
const scaled = (scale: number, extra: readonly string[] = []): string =>
  stack([web({ version: 0, scale }), db(0), ...extra]);

/** Each with a start-first and a stop-first service where the change is of that kind. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'fresh',
    before: () => undefined,
    after: (n) => stack([web({ version: n, more: 'depends_on: {db: {condition: service_healthy}}' }), db(n)]),
    alwaysUp: [],
    containers: ['db-1', 'web-1'],
    version: (n) => n,
  },
  {
    name: 'recreate start-first',
    before: (n) => stack([web({ version: n, scale: 2 })]),
    after: (n) => stack([web({ version: n + 1, scale: 2 })]),
    alwaysUp: ['web'],
    containers: ['web-1', 'web-2'],
    version: (n) => n + 1,
  },
  {
    name: 'recreate stop-first',
    before: (n) => stack([db(n)]),
    after: (n) => stack([db(n + 1)]),
    alwaysUp: [],
    containers: ['db-1'],
    version: (n) => n + 1,
  },
  {
    name: 'recreate behind a balancer',
    before: (n) => shared(18_431, n, 2),
    after: (n) => shared(18_431, n + 1, 2),
    alwaysUp: ['web', 'web.balancer'],
    containers: ['web-1', 'web-2', 'web.balancer-1'],
    version: (n) => n + 1,
  },
  {
    name: 'scale up behind one port',
    // Directly on the engine, so that no balancer is left of the time before.
    before: () => shared(18_432, 0, 1).replace("'18432:80'", "{target: 80, published: '18432', mode: host}"),
    after: () => shared(18_432, 0, 3),
    alwaysUp: [],
    containers: ['web-1', 'web-2', 'web-3', 'web.balancer-1'],
    version: () => 0,
  },
  {
    name: 'scale up',
    before: () => scaled(1),
    after: () => scaled(3),
    alwaysUp: ['web', 'db'],
    containers: ['db-1', 'web-1', 'web-2', 'web-3'],
    version: () => 0,
  },
  {
    name: 'scale down and an orphan',
    before: () => scaled(3, [orphan]),
    after: () => scaled(1),
    options: ['--remove-orphans'],
    alwaysUp: ['web', 'db'],
    containers: ['db-1', 'web-1'],
    version: () => 0,
  },
  {
    name: 'network change',
    before: (n) => stack([web({ version: 0 }), db(0)], `${n}`),
    after: (n) => stack([web({ version: 0 }), db(0)], `${n + 1}`),
    alwaysUp: [],
    containers: ['db-1', 'web-1'],
    version: () => 0,
  },
  {
    name: 'bad update',
    before: () => one(0),
    after: (n) => one(n + 1).replace(`[sleep, '6000']`, `['false']`),
    alwaysUp: ['web'],
    containers: ['web-1'],
    version: () => 0,
    isBad: true,
  },
];

/** Of each kind one: for faults that take what runs down with them, or that come at any moment. */
export const mixed: Scenario = {
  name: 'start-first and stop-first',
  before: (n) => stack([web({ version: n, scale: 2 }), db(n)]),
  after: (n) => stack([web({ version: n + 1, scale: 2 }), db(n + 1)]),
  alwaysUp: [],
  containers: ['db-1', 'web-1', 'web-2'],
  version: (n) => n + 1,
};
