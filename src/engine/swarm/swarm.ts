import type { IncomingMessage } from 'node:http';

import { networkId } from '../../model/id.ts';
import type { SwarmCreation } from '../../model/plan.ts';
import { type LogLine, type LogOptions } from '../engine.ts';
import { engineError, tolerate } from '../errors.ts';
import { type RegistryAccess, registryHeader } from '../images/auth.ts';
import { parseReference } from '../images/reference.ts';
import { at, listAt, numberAt, objectOf, pairsAt, requireId, textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { engineTime, readMultiplexed, readTerminal } from '../streams/logs.ts';
import type { Docker } from '../transport/docker.ts';
import { networkBody } from '../write/resource-body.ts';
import { fileLabels, label } from './labels.ts';
import * as locks from './lock.ts';
import { lookAtSwarm, type Observing, observeSwarm } from './observe.ts';
import type { FileCreation, ServiceUpdate, Swarm, SwarmPart } from './port.ts';
import { serviceBody } from './service-body.ts';
import type { SwarmIds } from './task-body.ts';

/** A swarm behind the port, by one of its managers. */
export function createSwarm(session: Session, access: RegistryAccess): Swarm {
  const observing: Observing = { session, access, pins: new Map() };
  return {
    membership: (signal) => membership(session, signal),
    observe: (query, signal) => observeSwarm(observing, query, signal),
    look: (stack, signal) => lookAtSwarm(session, stack, signal),
    listStacks: (signal) => listStacks(session, signal),
    createNetwork: (stack, network, signal) =>
      session.call(`create network ${network.name}`, signal, async (docker) => {
        const body = networkBody({ name: stack, workingDir: '', configFiles: [], environmentFiles: [] }, network);
        const Labels = { ...Object.fromEntries(network.spec.labels), [label.namespace]: stack };
        const { id } = await docker.createNetwork({ abortSignal: signal, _body: { ...body, Labels } });
        return networkId(requireId(id));
      }),
    createFile: (creation, signal) => createFile(session, creation, signal),
    removeFile: (kind, id, signal) =>
      session.call(`remove ${kind} ${id}`, signal, (docker) =>
        tolerate([404], () =>
          (kind === 'config' ? docker.getConfig(id) : docker.getSecret(id)).remove({ abortSignal: signal }),
        ),
      ),
    createService: (creation, signal) => createService(session, creation, access, signal),
    updateService: (update, signal) => updateService(session, update, access, signal),
    rollbackService: (id, version, signal) => resend(session, { id, version, rollback: 'previous' }, signal),
    restartService: (id, version, signal) => resend(session, { id, version, rollback: undefined }, signal),
    removeService: (id, signal) =>
      session.call(`remove service ${id}`, signal, (docker) =>
        tolerate([404], () => docker.getService(id).remove({ abortSignal: signal })),
      ),
    taskLogs: (id, options, signal) => taskLogs(session, id, options, signal),
    createLock: (stack, owner, signal) => locks.createLock(session, stack, owner, signal),
    readLock: (stack, signal) => locks.readLock(session, stack, signal),
    beatLock: (id, beats, signal) => locks.beatLock(session, id, beats, signal),
    releaseLock: (id, signal) => locks.releaseLock(session, id, signal),
  };
}

function membership(session: Session, signal: AbortSignal): Promise<SwarmPart> {
  return session.call("read the engine's part in a swarm", signal, async (docker) => {
    const info = await docker.info({ abortSignal: signal });
    if (textAt(info, 'Swarm', 'LocalNodeState') !== 'active') return 'none';
    if (at(info, 'Swarm', 'ControlAvailable') !== true) return 'worker';
    return textAt(info, 'Swarm', 'Cluster', 'ID') === '' ? 'no-quorum' : 'manager';
  });
}

async function listStacks(
  session: Session,
  signal: AbortSignal,
): Promise<readonly { readonly name: string; readonly services: number }[]> {
  const names = await session.call('list services', signal, async (docker) => {
    const _query = { filters: { label: [label.namespace] } };
    const services = await docker.listServices({ abortSignal: signal, _query });
    return listAt({ services }, 'services').map(
      (it) => new Map(pairsAt(it, 'Spec', 'Labels')).get(label.namespace) ?? '',
    );
  });
  return [...Map.groupBy(names, (name) => name)].map(([name, all]) => ({ name, services: all.length }));
}

function createFile(session: Session, { stack, name, file, bytes }: FileCreation, signal: AbortSignal): Promise<void> {
  return session.call(`create ${file.kind} ${name}`, signal, async (docker) => {
    const _body = {
      Name: name,
      Labels: fileLabels(stack, file),
      Data: Buffer.from(bytes).toString('base64'),
      Templating: file.templateDriver === undefined ? undefined : { Name: file.templateDriver },
    };
    const sent = { abortSignal: signal, _body };
    // Its name says what is in it, so one that is there is the one that is wanted.
    await tolerate([409], () => (file.kind === 'config' ? docker.createConfig(sent) : docker.createSecret(sent)));
  });
}

async function createService(
  session: Session,
  creation: SwarmCreation,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<void> {
  const auth = await authOf(creation, access, signal);
  await session.call(`create service ${creation.name}`, signal, async (docker) => {
    const _body = serviceBody(creation, await idsFor(docker, creation, signal));
    await docker.createService(auth, { abortSignal: signal, _body });
  });
}

async function updateService(
  session: Session,
  { id, version, creation, force }: ServiceUpdate,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<void> {
  const auth = await authOf(creation, access, signal);
  await session.call(`update service ${creation.name}`, signal, async (docker) => {
    const service = docker.getService(id);
    const held = await service.inspect({ abortSignal: signal });
    const body = serviceBody(creation, await idsFor(docker, creation, signal));
    const forced = numberAt(held, 'Spec', 'TaskTemplate', 'ForceUpdate') + (force ? 1 : 0);
    const _body = { ...body, TaskTemplate: { ...objectOf(body['TaskTemplate']), ForceUpdate: forced } };
    await service.update(auth, { abortSignal: signal, _query: { version }, _body });
  });
}

/** Sends what the service is already: to go back to the version before, or with every task replaced. */
function resend(
  session: Session,
  {
    id,
    version,
    rollback,
  }: { readonly id: string; readonly version: number; readonly rollback: 'previous' | undefined },
  signal: AbortSignal,
): Promise<void> {
  return session.call(`${rollback === undefined ? 'restart' : 'roll back'} service ${id}`, signal, async (docker) => {
    const service = docker.getService(id);
    const spec = objectOf(at(await service.inspect({ abortSignal: signal }), 'Spec'));
    const task = objectOf(spec['TaskTemplate']);
    const forced = { ...task, ForceUpdate: numberAt(task, 'ForceUpdate') + 1 };
    const _body = rollback === undefined ? { ...spec, TaskTemplate: forced } : spec;
    await service.update(undefined, { abortSignal: signal, _query: { version, rollback }, _body });
  });
}

/** Passwords of the image's registry, for the nodes that pull it; nodes pull nothing that they are told by its id. */
async function authOf({ spec }: SwarmCreation, access: RegistryAccess, signal: AbortSignal) {
  const isById = spec.pinnedImage.startsWith('sha256:');
  return isById ? undefined : registryHeader(parseReference(spec.container.image).registry, access, signal);
}

/** Looks up by name what the body names by id. */
async function idsFor(docker: Docker, { spec }: SwarmCreation, signal: AbortSignal): Promise<SwarmIds> {
  const named = async (list: Docker['listConfigs'], names: readonly string[]): Promise<readonly unknown[]> =>
    names.length === 0
      ? []
      : listAt(
          { list: await list.call(docker, { abortSignal: signal, _query: { filters: { name: names } } }) },
          'list',
        );
  const namesOf = (kind: string): readonly string[] =>
    spec.files.filter((it) => it.kind === kind).map(({ name }) => name);
  const [configs, secrets, networks] = await Promise.all([
    named(docker.listConfigs, namesOf('config')),
    named(docker.listSecrets, namesOf('secret')),
    named(
      docker.listNetworks,
      spec.networkNames.map(([, name]) => name),
    ),
  ]);
  const keyed = (kind: string, file: unknown) =>
    [`${kind}/${textAt(file, 'Spec', 'Name')}`, textAt(file, 'ID')] as const;
  return {
    files: new Map([...configs.map((it) => keyed('config', it)), ...secrets.map((it) => keyed('secret', it))]),
    networks: new Map(
      networks
        .filter((it) => textAt(it, 'Scope') === 'swarm')
        .map((it) => [textAt(it, 'Name'), textAt(it, 'Id')] as const),
    ),
  };
}

async function* taskLogs(
  session: Session,
  id: string,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const what = `read logs of task ${id}`;
  const { follow, tail } = options;
  const [since, until] = [options.since, options.until].map((time) => time && engineTime(time));
  const { chunks, hasTerminal } = await session.call(what, signal, async (docker) => {
    const task = docker.getTask(id);
    const inspected = await task.inspect({ abortSignal: signal });
    const _query = { stdout: 1, stderr: 1, timestamps: 1, follow: follow ? 1 : 0, tail: tail ?? 'all', since, until };
    const answer = await task.logs({ follow: true, abortSignal: signal, _query });
    return { chunks: answer as IncomingMessage, hasTerminal: at(inspected, 'Spec', 'ContainerSpec', 'TTY') === true };
  });
  try {
    yield* hasTerminal ? readTerminal(chunks) : readMultiplexed(chunks);
  } catch (cause) {
    throw engineError(session.target, what, cause, signal);
  } finally {
    chunks.destroy();
  }
}
