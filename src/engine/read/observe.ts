import { balancedBy } from '../../model/balancing.ts';
import type { ContainerId } from '../../model/id.ts';
import type {
  ObservedContainer,
  ObservedEngine,
  ObservedImage,
  ObservedNetwork,
  ObservedVolume,
} from '../../model/observed.ts';
import { readAvailability } from '../availability.ts';
import type { ObserveQuery, StackSummary } from '../engine.ts';
import { orAbsent } from '../errors.ts';
import { label } from '../labels.ts';
import { readEngineInfo, type Session } from '../session.ts';
import { listAt, objectOf, pairsAt, textAt } from './answer.ts';
import { readBalancing } from './balancing.ts';
import { mapBounded } from './bounded.ts';
import { readContainer } from './container.ts';
import { observeOthers } from './others.ts';
import { holdsName, readImage, readNetwork, readVolume } from './resources.ts';

/** Everything about one stack on one engine, and whatever else the query names. */
export async function observe(session: Session, query: ObserveQuery, signal: AbortSignal): Promise<ObservedEngine> {
  const info = await readEngineInfo(session, signal);
  const containers = await observeContainers(session, query.stack, signal);
  const [networks, volumes, images, foreignContainerNames, others, availability] = await Promise.all([
    observeNetworks(session, query, signal),
    observeVolumes(session, query, signal),
    observeImages(session, query.images, signal),
    findForeignNames(session, query, containers, signal),
    query.wantsOthers === true ? observeOthers(session, query.stack, signal) : undefined,
    query.wantsOthers === true ? readAvailability(session, signal) : undefined,
  ]);
  const { name } = session.target;
  const seen = { name, info, containers, networks, volumes, images, foreignContainerNames };
  return {
    ...seen,
    ...(others !== undefined && { others }),
    ...(availability !== undefined && { availability }),
  };
}

/** Asks for one container. */
export function inspectContainer(session: Session, id: ContainerId, signal: AbortSignal): Promise<ObservedContainer> {
  return session.call(`inspect container ${id.slice(0, 12)}`, signal, async (docker) =>
    readContainer(await docker.getContainer(id).inspect({ abortSignal: signal })),
  );
}

/** Every stack that has a container here, one-off ones left out, sorted by name. */
export async function listStacks(session: Session, signal: AbortSignal): Promise<readonly StackSummary[]> {
  const stacks = new Map<string, { states: Map<string, number>; configFiles: Set<string> }>();
  for (const container of await listByLabel(session, label.project, signal)) {
    const labels = new Map(pairsAt(container, 'Labels'));
    const name = labels.get(label.project) ?? '';
    if (name === '' || labels.get(label.oneOff)?.toLowerCase() === 'true') continue;
    const stack = stacks.get(name) ?? { states: new Map<string, number>(), configFiles: new Set<string>() };
    stacks.set(name, stack);
    const state = textAt(container, 'State');
    stack.states.set(state, (stack.states.get(state) ?? 0) + 1);
    for (const file of (labels.get(label.configFiles) ?? '').split(',')) if (file !== '') stack.configFiles.add(file);
  }
  return [...stacks]
    .map(([name, { states, configFiles }]) => ({ name, states, configFiles: [...configFiles] }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function observeContainers(
  session: Session,
  stack: string,
  signal: AbortSignal,
): Promise<readonly ObservedContainer[]> {
  const listed = await listByLabel(session, `${label.project}=${stack}`, signal);
  const found = await mapBounded(listed, (summary) =>
    orAbsent(
      session.call('inspect containers', signal, async (docker) =>
        readContainer(await docker.getContainer(textAt(summary, 'Id')).inspect({ abortSignal: signal })),
      ),
    ),
  );
  const present = found.filter((container) => container !== undefined);
  const told = await mapBounded(present, (container) => withBalancing(session, container, signal));
  return told.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a balancer goes by is nowhere but in its own files. */
async function withBalancing(
  session: Session,
  container: ObservedContainer,
  signal: AbortSignal,
): Promise<ObservedContainer> {
  const isGoing = container.state === 'removing' || container.state === 'dead';
  if (balancedBy(container) === undefined || isGoing) return container;
  return { ...container, balancing: await readBalancing(session, container.id, signal) };
}

async function listByLabel(session: Session, filter: string, signal: AbortSignal): Promise<readonly unknown[]> {
  return session.call('list containers', signal, async (docker) => {
    const options = { abortSignal: signal, _query: { all: 1, filters: { label: [filter] } } };
    return listAt({ list: await docker.listContainers(options) }, 'list');
  });
}

/** One list for both questions: a list that is filtered by many names would not fit into a URL. */
async function observeNetworks(
  session: Session,
  { stack, networks }: ObserveQuery,
  signal: AbortSignal,
): Promise<readonly ObservedNetwork[]> {
  const listed = await session.call('list networks', signal, async (docker) =>
    listAt({ list: await docker.listNetworks({ abortSignal: signal }) }, 'list'),
  );
  const wanted = listed.filter(
    (network) =>
      new Map(pairsAt(network, 'Labels')).get(label.project) === stack || networks.includes(textAt(network, 'Name')),
  );
  // Only an inspection tells who is connected.
  const found = await mapBounded(wanted, (network) =>
    orAbsent(
      session.call('inspect networks', signal, async (docker) =>
        readNetwork(await docker.getNetwork(textAt(network, 'Id')).inspect({ abortSignal: signal }), stack),
      ),
    ),
  );
  return found.filter((network) => network !== undefined).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function observeVolumes(
  session: Session,
  { stack, volumes }: ObserveQuery,
  signal: AbortSignal,
): Promise<readonly ObservedVolume[]> {
  const labelled = await session.call('list volumes', signal, async (docker) => {
    const options = { abortSignal: signal, _query: { filters: { label: [`${label.project}=${stack}`] } } };
    return listAt(await docker.listVolumes(options), 'Volumes').map((volume) => readVolume(volume, stack));
  });
  const others = volumes.filter((name) => !labelled.some((volume) => volume.name === name));
  const found = await mapBounded(others, (name) =>
    orAbsent(
      session.call(`inspect volume ${name}`, signal, async (docker) =>
        readVolume(await docker.getVolume(encodeURIComponent(name)).inspect({ abortSignal: signal }), stack),
      ),
    ),
  );
  return [...labelled, ...found.filter((volume) => volume !== undefined)].toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

async function observeImages(
  session: Session,
  references: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObservedImage>> {
  const found = await mapBounded([...new Set(references)], async (reference) => {
    const image = await orAbsent(
      session.call(`inspect image ${reference}`, signal, async (docker) =>
        readImage(await docker.getImage(encodeURIComponent(reference)).inspect({ abortSignal: signal })),
      ),
    );
    return image === undefined ? [] : [[reference, image] as const];
  });
  return new Map(found.flat());
}

/** What another run has made for this stack since its containers were listed is not foreign. */
async function findForeignNames(
  session: Session,
  { stack, containerNames }: ObserveQuery,
  own: readonly ObservedContainer[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const others = containerNames.filter((name) => !own.some((container) => container.name === name));
  const held = await mapBounded(others, async (name) => {
    const answer = await orAbsent(
      session.call(`inspect container ${name}`, signal, async (docker) =>
        objectOf(await docker.getContainer(encodeURIComponent(name)).inspect({ abortSignal: signal })),
      ),
    );
    const isOwn = new Map(pairsAt(answer, 'Config', 'Labels')).get(label.project) === stack;
    return answer !== undefined && holdsName(answer, name) && !isOwn ? [name] : [];
  });
  return held.flat();
}
