import type { ImagePin, ObservedSwarm, ObservedSwarmFile, ObservedSwarmService } from '../../model/swarm.ts';
import type { RegistryAccess } from '../images/auth.ts';
import { at, listAt, textAt } from '../read/answer.ts';
import { mapBounded } from '../read/bounded.ts';
import type { Session } from '../session.ts';
import type { Docker } from '../transport/docker.ts';
import { driftOf } from './drift.ts';
import { pinImage } from './images.ts';
import { hasIpvs } from './ipvs.ts';
import { ofStack } from './labels.ts';
import type { SwarmLook, SwarmQuery } from './port.ts';
import { idsIn, readFile, readNode, readService, readSwarmNetwork, readTask } from './read.ts';
import { serviceBody } from './service-body.ts';

export interface Observing {
  readonly session: Session;
  readonly access: RegistryAccess;
  /** What references were pinned to in this run: asked once. */
  readonly pins: Map<string, ImagePin>;
}

/** Everything about one stack on a swarm. */
export async function observeSwarm(
  observing: Observing,
  query: SwarmQuery,
  signal: AbortSignal,
): Promise<ObservedSwarm> {
  const { session } = observing;
  const { stack } = query;
  const seen = await session.call('look at the swarm', signal, async (docker) => {
    const filters = ofStack(stack);
    const asked = { abortSignal: signal };
    const [look, networks, configs, secrets, info] = await Promise.all([
      readLook(docker, stack, signal),
      docker.listNetworks({ ...asked, _query: { filters: { scope: ['swarm'] } } }),
      listFiles('config', docker, { stack, filters, names: query.files }, signal),
      listFiles('secret', docker, { stack, filters, names: query.files }, signal),
      docker.info(asked),
    ]);
    const wanted = new Set(query.networks);
    return {
      ...look,
      seenAt: textAt(info, 'SystemTime'),
      networks: items(networks)
        .map((network) => readSwarmNetwork(network, stack))
        .filter(({ isOwn, name }) => isOwn || wanted.has(name)),
      files: [...configs, ...secrets],
      hasIpvs: hasIpvs(textAt(info, 'KernelVersion'), session.target.endpoint.kind === 'unix'),
    };
  });
  return { ...seen, images: await pinAll(observing, seen.services, query, signal) };
}

/** What changes while the stack converges. */
export function lookAtSwarm(session: Session, stack: string, signal: AbortSignal): Promise<SwarmLook> {
  return session.call('look at the swarm', signal, (docker) => readLook(docker, stack, signal));
}

async function readLook(docker: Docker, stack: string, signal: AbortSignal): Promise<SwarmLook> {
  const filters = ofStack(stack);
  const [services, tasks, nodes] = await Promise.all([
    docker.listServices({ abortSignal: signal, _query: { status: 'true', filters } }),
    docker.listTasks({ abortSignal: signal, _query: { filters } }),
    docker.listNodes({ abortSignal: signal }),
  ]);
  return {
    services: items(services)
      .map((answer) => withDrift(readService(answer, stack), answer, stack))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    tasks: items(tasks).map(readTask),
    nodes: items(nodes).map(readNode),
  };
}

const items = (answer: unknown): readonly unknown[] => listAt({ answer }, 'answer');

/** Compares what the swarm holds with what our own record would send. */
function withDrift(service: ObservedSwarmService, answer: unknown, stack: string): ObservedSwarmService {
  if (service.spec === undefined) return service;
  const ids = { files: idsIn(answer), networks: new Map<string, string>() };
  const sent = serviceBody({ name: service.name, stack, spec: service.spec }, ids);
  const drift = driftOf({ ...sent, Labels: undefined }, at(answer, 'Spec'))
    // What tells versions apart follows from the rest, and another version of this program may reckon it otherwise.
    .filter((path) => !path.includes('Labels'));
  return { ...service, drift };
}

async function listFiles(
  kind: ObservedSwarmFile['kind'],
  docker: Docker,
  wanted: { readonly stack: string; readonly filters: object; readonly names: readonly string[] },
  signal: AbortSignal,
): Promise<readonly ObservedSwarmFile[]> {
  const list = kind === 'config' ? docker.listConfigs : docker.listSecrets;
  const ask = async (filters: object): Promise<readonly unknown[]> =>
    items(await list.call(docker, { abortSignal: signal, _query: { filters } }));
  const own = await ask(wanted.filters);
  const named = wanted.names.length === 0 ? [] : await ask({ name: wanted.names });
  const files = [...own, ...named.filter((file) => wanted.names.includes(textAt(file, 'Spec', 'Name')))];
  return [...new Map(files.map((file) => [textAt(file, 'ID'), readFile(kind, file, wanted.stack)])).values()];
}

/** A reference that a service of the stack runs already stays what it is, unless it is to be asked for anew. */
async function pinAll(
  { session, access, pins }: Observing,
  services: readonly ObservedSwarmService[],
  { images, freshImages }: SwarmQuery,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ImagePin>> {
  const kept = new Map(
    services.flatMap(({ spec }) => (spec === undefined ? [] : [[spec.container.image, spec.pinnedImage] as const])),
  );
  const found = await mapBounded(images, async (image) => {
    const reference = freshImages.includes(image) ? undefined : kept.get(image);
    if (reference !== undefined) return [image, { kind: 'kept', reference }] as const;
    const pin = pins.get(image) ?? (await pinImage(session, image, access, signal));
    pins.set(image, pin);
    return [image, pin] as const;
  });
  return new Map<string, ImagePin>(found);
}
