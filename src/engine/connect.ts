import type { EngineMember } from '../model/inventory.ts';
import { isExposed } from './address.ts';
import { setAvailability } from './availability.ts';
import type { Engine } from './engine.ts';
import * as locks from './lock/lock.ts';
import { inspectContainer, listStacks, observe } from './read/observe.ts';
import { createSession, readEngineInfo, type Session } from './session.ts';
import { readEvents } from './streams/events.ts';
import { readLogs } from './streams/logs.ts';
import type { NamedEndpoint } from './target.ts';
import * as containers from './write/containers.ts';
import { renameContainer } from './write/rename.ts';
import * as resources from './write/resources.ts';

export interface ConnectOptions {
  /** Our own version, for the User-Agent. */
  readonly version: string;
  /** The environment of the process: registry passwords, the docker client's settings, build arguments without a value. */
  readonly environment: ReadonlyMap<string, string>;
  /** A pull that brings nothing for so long is given up. Default: 60 000. */
  readonly pullStallMs?: number;
  /** What the inventory says of it. Default: it is in none. */
  readonly member?: EngineMember;
}

/** An engine behind the port. Opens no connection yet: the first call does, and negotiates the API version. */
export function connectEngine(target: NamedEndpoint, options: ConnectOptions): Engine {
  const session = createSession(target, { userAgent: `stack/${options.version}`, environment: options.environment });
  return {
    name: target.name,
    address: target.address,
    isExposed: isExposed(target.endpoint),
    ...(options.member !== undefined && { member: options.member }),
    ...lookingMethods(session),
    ...resourceMethods(session),
    ...containerMethods(session),
    ...imageMethods(session, options),
    ...lockMethods(session),
    openSetup: async () => {
      const { createSetup } = await import('./setup/setup.ts');
      return createSetup(session);
    },
    openSwarm: async () => {
      const { createSwarm } = await import('./swarm/swarm.ts');
      return createSwarm(session, { configDir: target.configDir, environment: options.environment });
    },
    close: () => {
      session.close();
    },
  };
}

type Methods<Names extends keyof Engine> = Pick<Engine, Names>;

function lookingMethods(
  session: Session,
): Methods<'info' | 'ping' | 'observe' | 'inspectContainer' | 'listStacks' | 'logs' | 'events'> {
  return {
    info: (signal) => readEngineInfo(session, signal),
    ping: (signal) => session.ping(signal),
    observe: (query, signal) => observe(session, query, signal),
    inspectContainer: (id, signal) => inspectContainer(session, id, signal),
    listStacks: (signal) => listStacks(session, signal),
    logs: (id, options, signal) => readLogs(session, id, options, signal),
    events: (stack, signal) => readEvents(session, stack, signal),
  };
}

function resourceMethods(
  session: Session,
): Methods<'createNetwork' | 'removeNetwork' | 'createVolume' | 'removeVolume'> {
  return {
    createNetwork: (project, network, signal) => resources.createNetwork(session, project, network, signal),
    removeNetwork: (id, signal) => resources.removeNetwork(session, id, signal),
    createVolume: (project, volume, signal) => resources.createVolume(session, project, volume, signal),
    removeVolume: (name, signal) => resources.removeVolume(session, name, signal),
  };
}

function containerMethods(
  session: Session,
): Methods<
  | 'createContainer'
  | 'connectNetwork'
  | 'writeFiles'
  | 'probeContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'killContainer'
  | 'restartContainer'
  | 'runHook'
  | 'balance'
  | 'unpauseContainer'
  | 'renameContainer'
  | 'removeContainer'
> {
  return {
    createContainer: (creation, resolve, signal) => containers.createContainer(session, creation, resolve, signal),
    connectNetwork: (connection, signal) => containers.connectNetwork(session, connection, signal),
    writeFiles: (id, files, signal) => containers.writeFiles(session, id, files, signal),
    probeContainer: (id, signal) => containers.probeContainer(session, id, signal),
    startContainer: (id, signal) => containers.startContainer(session, id, signal),
    stopContainer: (id, graceMs, signal) => containers.stopContainer(session, id, graceMs, signal),
    killContainer: (id, signal) => containers.killContainer(session, id, signal),
    restartContainer: (id, graceMs, signal) => containers.restartContainer(session, id, graceMs, signal),
    runHook: async (id, hook, work) => {
      const { runHook } = await import('./write/hook.ts');
      return runHook(session, id, { hook, work });
    },
    balance: async (id, balancing, signal) => {
      const { balance } = await import('./write/balance.ts');
      return balance(session, id, balancing, signal);
    },
    unpauseContainer: (id, signal) => containers.unpauseContainer(session, id, signal),
    renameContainer: (id, name, signal) => renameContainer(session, id, name, signal),
    removeContainer: (id, removeAnonymousVolumes, signal) =>
      containers.removeContainer(session, id, removeAnonymousVolumes, signal),
  };
}

/** Pulling and building are loaded when they are needed. */
function imageMethods(
  session: Session,
  { environment, pullStallMs: stallMs = 60_000 }: ConnectOptions,
): Methods<'pullImage' | 'buildImage' | 'exportImage' | 'receiveImage' | 'resolveDigest' | 'removeImage'> {
  const access = { configDir: session.target.configDir, environment };
  return {
    pullImage: async (image, platform, work) => {
      const { pullImage } = await import('./images/pull.ts');
      return pullImage(session, { image, platform, access, stallMs }, work);
    },
    buildImage: async (image, build, { contents, ...work }) => {
      const { buildImage } = await import('./build/build.ts');
      return buildImage(session, { image, build, contents, access, environment }, work);
    },
    exportImage: async (image, known, signal) => {
      const { sendImage } = await import('./images/transfer.ts');
      return sendImage(session, { image, known }, signal);
    },
    receiveImage: async (image, source, work) => {
      const { receiveImage } = await import('./images/transfer.ts');
      return receiveImage(session, { image, source }, work);
    },
    resolveDigest: async (image, signal) => {
      const { resolveDigest } = await import('./images/digest.ts');
      return resolveDigest(session, { image, access }, signal);
    },
    removeImage: (id, signal) => resources.removeImage(session, id, signal),
  };
}

function lockMethods(
  session: Session,
): Methods<'createLock' | 'readLock' | 'beatLock' | 'releaseLock' | 'setAvailability'> {
  return {
    createLock: (stack, owner, signal) => locks.createLock(session, stack, owner, signal),
    readLock: (stack, signal) => locks.readLock(session, stack, signal),
    beatLock: (id, beats, signal) => locks.beatLock(session, id, beats, signal),
    releaseLock: (id, signal) => locks.releaseLock(session, id, signal),
    setAvailability: (availability, signal) => setAvailability(session, availability, signal),
  };
}
