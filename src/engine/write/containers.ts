import { type ContainerId, containerId } from '../../model/id.ts';
import type { ContainerCreation } from '../../model/plan.ts';
import type { Connection, FileContent, Resolve } from '../engine.ts';
import { tolerate } from '../errors.ts';
import { requireId } from '../read/answer.ts';
import type { Session } from '../session.ts';
import type { Call } from '../transport/docker.ts';
import { containerBody } from './container-body.ts';
import { endpointBody } from './networking.ts';

const short = (id: string): string => id.slice(0, 12);

/** Creates a container and does not start it. */
export function createContainer(
  session: Session,
  creation: ContainerCreation,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<ContainerId> {
  return session.call(`create container ${creation.name}`, signal, async (docker) => {
    const sent = {
      abortSignal: signal,
      _query: { name: creation.name, platform: creation.spec.platform },
      _body: containerBody({
        creation,
        resolve,
        apiVersion: session.apiVersion(),
        proxies: session.clientConfig().proxies,
      }),
    };
    const { id } = await docker.createContainer(sent);
    return containerId(requireId(id));
  });
}

/** Connects a container to one more network. */
export function connectNetwork(session: Session, connection: Connection, signal: AbortSignal): Promise<void> {
  const { network, container, attachment, aliases } = connection;
  return session.call(
    `connect container ${short(container)} to network ${attachment.network}`,
    signal,
    async (docker) => {
      const body = { Container: container, EndpointConfig: endpointBody(attachment, aliases, []) };
      await docker.getNetwork(network).connect({ abortSignal: signal, _body: body });
    },
  );
}

/** Puts files into a container that has not started. */
export function writeFiles(
  session: Session,
  id: ContainerId,
  files: readonly FileContent[],
  signal: AbortSignal,
): Promise<void> {
  return session.call(`write configs and secrets into container ${short(id)}`, signal, async (docker) => {
    const sent = { abortSignal: signal, _query: { path: '/' } };
    const { packFiles } = await import('./files.ts');
    await docker.getContainer(id).putArchive(await packFiles(files), sent);
  });
}

/** An update that changes nothing: the engine writes the container's record to its disk, and answers 500 where it cannot. */
export function probeContainer(session: Session, id: ContainerId, signal: AbortSignal): Promise<void> {
  return session.call(`write down container ${short(id)}`, signal, async (docker) => {
    await docker.getContainer(id).update({ abortSignal: signal, _body: {} });
  });
}

/** Already running is success: the API answers 304. */
export function startContainer(session: Session, id: ContainerId, signal: AbortSignal): Promise<void> {
  return session.call(`start container ${short(id)}`, signal, (docker) =>
    tolerate([304], () => docker.getContainer(id).start({ abortSignal: signal })),
  );
}

/** Already stopped is success: the API answers 304. */
export function stopContainer(
  session: Session,
  id: ContainerId,
  graceMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  return session.call(`stop container ${short(id)}`, signal, (docker) =>
    tolerate([304], () => docker.getContainer(id).stop(withGrace(graceMs, signal))),
  );
}

/** Not running is success: the API answers 409. */
export function killContainer(session: Session, id: ContainerId, signal: AbortSignal): Promise<void> {
  return session.call(`kill container ${short(id)}`, signal, (docker) =>
    tolerate([409], () => docker.getContainer(id).kill({ abortSignal: signal })),
  );
}

/** Stops, as {@link stopContainer}, and starts. */
export function restartContainer(
  session: Session,
  id: ContainerId,
  graceMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  return session.call(`restart container ${short(id)}`, signal, async (docker) => {
    await docker.getContainer(id).restart(withGrace(graceMs, signal));
  });
}

/** Lets a paused container go on; one that is not paused is refused. */
export function unpauseContainer(session: Session, id: ContainerId, signal: AbortSignal): Promise<void> {
  return session.call(`unpause container ${short(id)}`, signal, async (docker) => {
    await docker.getContainer(id).unpause({ abortSignal: signal });
  });
}

/** Of a stopped container. Already gone is success. */
export function removeContainer(
  session: Session,
  id: ContainerId,
  removeAnonymousVolumes: boolean,
  signal: AbortSignal,
): Promise<void> {
  return session.call(`remove container ${short(id)}`, signal, (docker) => {
    const sent = { abortSignal: signal, _query: removeAnonymousVolumes ? { v: 1 } : {} };
    return tolerate([404], () => docker.getContainer(id).remove(sent));
  });
}

/** Whole seconds, as the API counts. */
function withGrace(graceMs: number | undefined, signal: AbortSignal): Call {
  return { abortSignal: signal, _query: graceMs === undefined ? {} : { t: Math.ceil(graceMs / 1000) } };
}
