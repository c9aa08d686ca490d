import { describe, expect, test } from 'vitest';
import type { ForeignSwarmService } from '../../../src/model/swarm.ts';
import type { DesiredSwarmFile } from '../../../src/model/target.ts';
import {
  alpha,
  dependency,
  desired as desiredOf,
  down,
  lifecycle,
  network,
  port,
  rollback,
  spec,
  up,
  volumeMount,
} from '../../support/builders.ts';
import { notices, planned, planText, refusals } from '../planning.ts';
import { made, manager, task, wanted } from './builders.ts';

const web = wanted();
const desired = desiredOf([web]);
/** What is not started again. */
const once = { condition: 'none', delayMs: undefined, maxAttempts: undefined, windowMs: undefined } as const;
const converged = { services: [made(web, desired)], tasks: [task()] };

const page = (overrides: Partial<DesiredSwarmFile> = {}): DesiredSwarmFile => ({
  kind: 'config',
  key: 'page',
  name: 'app_page',
  external: false,
  digest: '0123456789abcdef',
  labels: [],
  templateDriver: undefined,
  ...overrides,
});

const withPage = wanted({
  container: {
    files: [
      {
        kind: 'config',
        source: 'page',
        target: '/page',
        delivery: 'copy',
        path: undefined,
        digest: page().digest,
        uid: 0,
        gid: 0,
        mode: 0o444,
      },
    ],
  },
});

describe('up', () => {
  test('makes what is missing, and waits for it', () => {
    expect(planText({ desired, engine: manager({ networks: [] }) })).toBe(`
#0 alpha create-swarm-network network/default: the swarm has no such network
#1 (0) alpha create-swarm-service service/web: the swarm has no such service
#2 (1) alpha wait-swarm-service service/web: the swarm has no such service
`);
  });

  test('does nothing where everything is as wanted', () => {
    expect(planText({ desired, engine: manager(converged) })).toBe('\n');
  });

  test('updates what differs, with the field that is the reason', () => {
    const changed = wanted({ replicas: 3, container: { environment: [['HOST', 'b']] } });
    const engine = manager({
      ...converged,
      services: [made(wanted({ container: { environment: [['HOST', 'a']] } }), desired)],
    });
    expect(planText({ desired: desiredOf([changed]), engine })).toBe(`
#0 alpha update-swarm-service service/web: environment.HOST: "a" → "b"; replicas: 1 → 3
#1 (0) alpha wait-swarm-service service/web: environment.HOST: "a" → "b"; replicas: 1 → 3
`);
  });

  test('takes over what somebody else made, with the fields that differ', () => {
    const { spec: _, ...docker } = made(wanted({ container: { environment: [['HOST', 'a']] } }), desired);
    const policy = {
      order: undefined,
      parallelism: undefined,
      delayMs: undefined,
      monitorMs: undefined,
      maxFailureRatio: undefined,
      failureAction: undefined,
    };
    const foreign: ForeignSwarmService = {
      container: { ...web.container, environment: [['HOST', 'a']] },
      cpuNanos: undefined,
      memoryBytes: 64,
      pidsLimit: undefined,
      reservations: { cpuNanos: undefined, memoryBytes: undefined },
      placement: { constraints: ['node.role==worker'], preferences: [], maxReplicasPerNode: undefined },
      update: { ...policy, order: 'start-first', failureAction: 'rollback' },
      rollback: web.rollback,
      endpointMode: 'vip',
      labels: [],
      networkIds: ['n', 'other'],
      mounts: ['app_data:/data'],
      files: [],
    };
    const services = [{ ...docker, spec: undefined, foreign }];
    expect(planText({ desired, engine: manager({ ...converged, services }) })).toBe(`
#0 alpha update-swarm-service service/web: made by somebody else: taken over; environment.HOST: "a" → unset; mem_limit: 64B → unset; deploy.placement.constraints: - node.role==worker; networks: - other; volumes: - app_data:/data
#1 (0) alpha wait-swarm-service service/web: made by somebody else: taken over; environment.HOST: "a" → unset; mem_limit: 64B → unset; deploy.placement.constraints: - node.role==worker; networks: - other; volumes: - app_data:/data
`);
  });

  test('waits for what is not required too, and goes on without it once it was given up', () => {
    const db = wanted({ name: 'db' });
    const app = wanted({ dependsOn: [dependency('db', { condition: 'healthy', required: false })] });
    const both = desiredOf([db, app]);
    expect(planText({ desired: both, engine: manager() })).toContain('#2 (1) alpha create-swarm-service service/web');
    const givenUp = [{ engine: alpha, address: 'service/db', kind: 'wait-swarm-service', reason: 'broken' }] as const;
    expect(planText({ desired: both, engine: manager(), history: { givenUp } })).toContain(
      '#0 alpha create-swarm-service service/web',
    );
  });

  test('of a service that has to end the swarm does not judge, for it would take every end for a failure', () => {
    const job = wanted({ name: 'job' }, { restart: once });
    const { steps } = planned({ desired: desiredOf([job, web]), engine: manager() });
    const created = steps.flatMap(({ operation }) =>
      operation.kind === 'create-swarm-service' ? [operation.creation.spec.update] : [],
    );
    expect(created).toMatchObject([
      { failureAction: 'continue', order: 'stop-first', monitorMs: 1 },
      { failureAction: 'rollback' },
    ]);
  });

  test('a run that failed and is not started again is tried once more', () => {
    const job = wanted({}, { restart: once });
    const both = desiredOf([job]);
    const failed = task({ state: 'failed', desiredState: 'shutdown', error: 'task: non-zero exit (1)' });
    const engine = manager({ services: [made(job, both)], tasks: [failed] });
    const [step] = planned({ desired: both, engine }).steps;
    expect(step?.operation).toMatchObject({
      kind: 'update-swarm-service',
      force: true,
      reasons: ['the last run of web.1 failed: task: non-zero exit (1)'],
    });
    const again = { freshServices: new Set(['app_web']) };
    expect(planText({ desired: both, engine, history: again })).toContain('#0 alpha wait-swarm-service');
  });

  test('a job whose tasks the swarm has forgotten is not waited for, and that is told', () => {
    const job = wanted({ name: 'job' }, { restart: once });
    const app = wanted({ dependsOn: [dependency('job', { condition: 'completed' })] });
    const both = desiredOf([job, app]);
    const swarm = { services: [made(job, both), made(app, both)], tasks: [task()] };
    expect(planText({ desired: both, engine: manager(swarm) })).toContain('wait-swarm-service service/job');
    const later = { desired: both, engine: manager({ ...swarm, seenAt: '2026-01-02T00:00:00Z' }) };
    expect(planText(later)).toBe('\n');
    expect(notices(later).join()).toContain('tasks-forgotten');
  });

  test('says which version it changes, so that nobody else is overwritten', () => {
    const { steps } = planned({ desired: desiredOf([wanted({ replicas: 2 })]), engine: manager(converged) });
    expect(steps[0]?.operation).toMatchObject({ kind: 'update-swarm-service', id: 'id-web', version: 7, force: false });
  });

  test('puts back what somebody else changed, once a run', () => {
    const engine = manager({ ...converged, services: [made(web, desired, { drift: ['Mode.Replicated.Replicas'] })] });
    expect(planText({ desired, engine })).toContain('Mode.Replicated.Replicas: changed by somebody else');
    expect(planText({ desired, engine, history: { freshServices: new Set(['app_web']) } })).toBe('\n');
  });

  test('goes stage by stage: a service waits for those that it depends on', () => {
    const db = wanted({ name: 'db' });
    const app = wanted({ dependsOn: [dependency('db', { condition: 'healthy' })] });
    expect(planText({ desired: desiredOf([db, app]), engine: manager() })).toBe(`
#0 alpha create-swarm-service service/db: the swarm has no such service
#1 (0) alpha wait-swarm-service service/db: the swarm has no such service
#2 (1) alpha create-swarm-service service/web: the swarm has no such service
#3 (2) alpha wait-swarm-service service/web: the swarm has no such service
`);
  });

  test('a service that others wait for to complete is waited for until it has', () => {
    const job = wanted({ name: 'job' }, { restart: once });
    const app = wanted({ dependsOn: [dependency('job', { condition: 'completed' })] });
    const both = desiredOf([job, app]);
    const [, wait] = planned({ desired: both, engine: manager() }).steps;
    expect(wait?.operation).toMatchObject({ kind: 'wait-swarm-service', name: 'app_job', until: 'completed' });
    const ended = task({ serviceId: 'id-job', state: 'complete', desiredState: 'shutdown' });
    const engine = manager({ services: [made(job, both), made(app, both)], tasks: [ended, task()] });
    expect(planText({ desired: both, engine })).toBe('\n');
  });

  test('waits for what an earlier run left on its way, and changes nothing', () => {
    const engine = manager({ ...converged, tasks: [task({ state: 'starting' })] });
    expect(planText({ desired, engine })).toBe(`
#0 alpha wait-swarm-service service/web: 0 of 1 run
`);
  });

  test('a paused update is begun again', () => {
    const engine = manager({
      ...converged,
      services: [made(web, desired, { updateState: 'paused', updateMessage: 'task failed' })],
    });
    expect(planText({ desired, engine })).toContain(
      'update-swarm-service service/web: its update is paused: task failed',
    );
  });

  test('what failed in this run is left alone, and so is what depends on it', () => {
    const db = wanted({ name: 'db' });
    const app = wanted({ dependsOn: [dependency('db')] });
    const givenUp = [{ engine: alpha, address: 'service/db', kind: 'wait-swarm-service', reason: '' } as const];
    expect(planText({ desired: desiredOf([db, app]), engine: manager(), history: { givenUp } })).toBe('\n');
  });

  test('a change of how tasks are counted makes another service', () => {
    const global = wanted({ placement: { ...web.placement, mode: 'global' } });
    expect(planText({ desired: desiredOf([global]), engine: manager(converged) })).toContain(`
#0 alpha remove-swarm-service service/web: deploy.mode: replicated → global
#1 (0) alpha create-swarm-service service/web: deploy.mode: replicated → global
`);
  });

  test('an image stays pinned to what the service runs, unless it is to be pulled', () => {
    const images = new Map([
      ['nginx:1.27', { kind: 'registry', reference: `nginx:1.27@sha256:${'b'.repeat(64)}` } as const],
    ]);
    const engine = manager({ ...converged, images });
    expect(planText({ desired, engine })).toBe('\n');
    expect(planText({ desired, engine, request: up({ pull: 'always' }) })).toContain(
      'image nginx:1.27: sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb',
    );
  });

  test('without a registry nodes are told the id of the image, and the person which nodes can run it', () => {
    const images = new Map([['nginx:1.27', { kind: 'local', reference: 'sha256:id' } as const]]);
    const two = ['one', 'two'].map((hostname) => ({ id: hostname, hostname, state: 'ready', availability: 'active' }));
    const engine = manager({ images, nodes: two });
    expect(planned({ desired, engine }).steps[0]?.operation).toMatchObject({
      creation: { spec: { pinnedImage: 'sha256:id' } },
    });
    expect(notices({ desired, engine })).toEqual([
      'image-without-registry: no registry answers for nginx:1.27: only nodes that have it can run web',
    ]);
  });

  test('a kernel without IPVS is told of for services with a virtual address alone', () => {
    const direct = wanted({ name: 'direct' }, { endpointMode: 'dnsrr' });
    expect(notices({ desired: desiredOf([web, direct]), engine: manager({ hasIpvs: false }) })).toEqual([
      'no-ipvs: the kernel of the manager has no IPVS: no virtual address or ingress port will answer of web',
    ]);
  });

  test('orphans are named, and removed where that is asked for', () => {
    const old = made(wanted({ name: 'old' }), desired);
    const engine = manager({ ...converged, services: [...converged.services, old] });
    expect(notices({ desired, engine })).toEqual(['orphans: services that the stack file does not have: app_old']);
    expect(planText({ desired, engine, request: up({ removeOrphans: true }) })).toBe(`
#0 alpha remove-swarm-service service/old: the stack file has no such service
`);
  });

  test('a network of somebody else, and externals that are missing, are refused at once', () => {
    const external = network('ext', { external: true });
    const app = wanted({
      container: {
        network: { kind: 'networks', attachments: ['default', 'ext'].map((key) => ({ ...attachmentOf(key) })) },
        files: withPage.container.files,
      },
    });
    const all = desiredOf([app], {
      networks: [network(), external],
      swarmFiles: [page({ external: true, name: 'page' })],
    });
    const networks = manager().swarm?.networks.map((it) => ({ ...it, isOwn: false })) ?? [];
    expect(refusals({ desired: all, engine: manager({ networks }) })).toEqual([
      'impossible foreign-network: the network app_default is there and does not belong to this stack',
      'impossible missing-network: the swarm has no network app_ext, which the stack file calls external',
      'impossible missing-config: the swarm has no config page, which the stack file calls external',
    ]);
  });
});

const attachmentOf = (key: string) => {
  const { network: mode } = spec();
  if (mode.kind !== 'networks' || mode.attachments[0] === undefined) throw new Error('the builder has no network');
  return { ...mode.attachments[0], network: key };
};

describe('configs and secrets', () => {
  const all = desiredOf([withPage], { swarmFiles: [page()] });

  test('are made under a name of their content before the service', () => {
    expect(planned({ desired: all, engine: manager() }).steps[0]?.operation).toMatchObject({
      kind: 'create-swarm-file',
      name: 'app_page_01234567',
    });
    expect(planText({ desired: all, engine: manager() })).toContain('#1 (0) alpha create-swarm-service');
  });

  test('go once nothing uses them and everything stands', () => {
    const file = (id: string) => ({ kind: 'config', id, name: `app_page_${id}`, isOwn: true, isOurs: true }) as const;
    const files = [
      { ...file('now'), name: 'app_page_01234567' },
      file('before'),
      file('old'),
      { ...file('other'), isOurs: false },
    ];
    const services = [made(withPage, all, { fileIds: ['now', 'before'] })];
    expect(planText({ desired: all, engine: manager({ services, tasks: [task()], files }) })).toBe(`
#0 alpha remove-swarm-file config/app_page_old: no service uses this content, nor could go back to it
`);
    expect(planText({ desired: all, engine: manager({ services, tasks: [], files }) })).not.toContain(
      'remove-swarm-file',
    );
  });
});

describe('the order of an update', () => {
  const orderOf = (service: ReturnType<typeof wanted>) => made(service, desiredOf([service])).spec?.update;

  test('is the new task first, and back if it fails, where the file is silent', () => {
    expect(orderOf(web)).toMatchObject({ order: 'start-first', failureAction: 'rollback' });
  });

  test.each([
    ['a port of the node', { container: { ports: [{ ...port(80), mode: 'host' as const }] } }],
    ['a volume that it writes', { container: { volumes: [volumeMount('data')] } }],
    ['a limit of tasks on a node', { placement: { ...web.placement, maxReplicasPerNode: 1 } }],
  ])('is the old task first where both cannot be there: %s', (_, overrides) => {
    expect(orderOf(wanted(overrides))).toMatchObject({ order: 'stop-first' });
  });
});

test('down removes services, waits until their tasks are gone, then what they used', () => {
  const files = [{ kind: 'secret', id: 's', name: 'app_pw_1', isOwn: true, isOurs: true } as const];
  expect(planText({ desired, engine: manager({ ...converged, files }), request: down() })).toBe(`
#0 alpha remove-swarm-service service/web: down was asked for
#1 (0) alpha wait-swarm-service service/web: down was asked for
#2 (1) alpha remove-network network/app_default: down was asked for
#3 (1) alpha remove-swarm-file secret/app_pw_1: down was asked for
`);
});

test('down waits for tasks of services that are gone already', () => {
  const engine = manager({ tasks: [task({ serviceId: 'gone', desiredState: 'remove' })] });
  expect(planText({ desired, engine, request: down() })).toContain('#1 (0) alpha remove-network network/app_default');
});

test('restart and rollback touch each service once', () => {
  const engine = manager({ ...converged, services: [made(web, desired, { hasPrevious: true })] });
  const history = { freshServices: new Set(['app_web']) };
  expect(planText({ desired, engine, request: lifecycle('restart') })).toContain('restart-swarm-service service/web');
  expect(planText({ desired, engine, request: lifecycle('restart'), history })).toBe('\n');
  expect(planText({ desired, engine, request: rollback() })).toContain('rollback-swarm-service service/web');
  expect(planText({ desired, engine, request: rollback(), history })).toBe('\n');
});

test.each([
  [lifecycle('stop'), 'a swarm keeps its services running: there is no stopping and starting'],
  [down({ removeVolumes: true }), 'volumes are on the nodes, where a manager cannot remove them'],
  [rollback({ services: ['web'] }), 'the swarm remembers no version before this one'],
  [up({ start: false }), 'a swarm starts what it creates'],
])('what a swarm does not do is refused: %o', (request, message) => {
  expect(refusals({ desired, engine: manager(converged), request }).join()).toContain(message);
});
