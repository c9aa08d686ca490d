import type { ContainerSpec, FileMount, Hook, PublishedPort } from '../../src/model/container.ts';
import type { Desired, UpdatePolicy } from '../../src/model/desired.ts';
import {
  attachment,
  dependency,
  desired,
  healthcheck,
  network,
  port,
  service,
  spec,
  updatePolicy,
  volumeMount,
} from '../support/builders.ts';

/** The part of a container that says which version it is, and how its program behaves. */
export const version = (text: string, behaviour = ''): Pick<ContainerSpec, 'environment'> => ({
  environment: [
    ['BEHAVIOUR', behaviour],
    ['VERSION', text],
  ],
});

/** One replica without anything that two could not have at once. */
export const plain = (text: string, behaviour?: string): Desired =>
  desired([service({ container: version(text, behaviour) })]);

/** One replica with a fixed host port and a healthcheck. */
export const withPort = (text: string, behaviour?: string): Desired =>
  desired([service({ container: { ...version(text, behaviour), ports: [port(8080)], healthcheck: healthcheck() } })]);

/** One replica with a volume. */
export const withData = (text: string, behaviour?: string): Desired =>
  desired([service({ container: { ...version(text, behaviour), volumes: [volumeMount('data')] } })]);

/** Replicas of one service, with words on how to update them. */
export const replicas = (count: number, text: string, update: Partial<UpdatePolicy> = {}): Desired =>
  desired([service({ replicas: count, update: updatePolicy(update), container: version(text) })]);

/** Three replicas of which the second one's new version does not work. */
export const oneBad = (text: string, update: Partial<UpdatePolicy> = {}): Desired =>
  desired([
    service({
      replicas: 3,
      update: updatePolicy(update),
      rollback: updatePolicy({ monitorMs: 1000 }),
      container: version(text, text === '1' ? '' : 'exits second'),
    }),
  ]);

/** A database with data, a job that waits for it, and a service that waits for both. */
export const blog = (text: string): Desired =>
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

/** One replica on two networks, of which one has options. */
export const twoNetworks = (text: string, driverOpts: readonly (readonly [string, string])[] = []): Desired =>
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

/** One replica with a volume that has no name in the file. */
export const anonymous = (text: string): Desired =>
  desired([service({ container: { ...version(text), volumes: [volumeMount(undefined)] } })]);

/** The proxy of a tunnel; both change at once. */
export function tunnelled(text: string, share: 'network' | 'ipc', behaviour = ''): Desired {
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
}

/** One replica with a file that is copied into it; `content` is the digest of what is in it. */
export function withFile(kind: FileMount['kind'], content: string, text = content): Desired {
  const file = { kind, source: 'key', target: '/run/key', delivery: 'copy', path: undefined } as const;
  const files = [{ ...file, digest: content, uid: 0, gid: 0, mode: 0o400 }];
  const contents = new Map([[content, Buffer.from(`content ${content}`)]]);
  return desired([service({ container: { ...version(text), files } })], { contents });
}

export interface HookedOptions {
  readonly behaviour?: string;
  readonly count?: number;
  readonly ports?: readonly PublishedPort[];
}

/** Replicas with hooks after the start and before the stop. */
export function hooked(text: string, { behaviour = '', count = 1, ports = [] }: HookedOptions = {}): Desired {
  const hooks = { postStart: [hook('warm'), hook('register')], preStop: [hook('drain')] };
  return desired([service({ replicas: count, container: { ...version(text, behaviour), ...hooks, ports } })]);
}

const hook = (command: string): Hook => ({
  command: [command],
  user: undefined,
  privileged: false,
  workingDir: undefined,
  environment: [],
});
