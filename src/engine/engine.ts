import type { Balancing } from '../model/balancing.ts';
import type { FileMount, Hook, NetworkAttachment } from '../model/container.ts';
import type { BuildSpec, DesiredNetwork, DesiredVolume, Project } from '../model/desired.ts';
import type { Progress } from '../model/event.ts';
import type { ContainerId, EngineName, ImageId, NetworkId } from '../model/id.ts';
import type { Availability, EngineMember } from '../model/inventory.ts';
import type { EngineLock, LockOwner } from '../model/lock.ts';
import type { EngineInfo, ObservedContainer, ObservedEngine } from '../model/observed.ts';
import type { ContainerCreation, Ref } from '../model/plan.ts';
import type { LogLine, LogOptions } from './log.ts';
import type { EngineSetup } from './setup/port.ts';
import type { Swarm } from './swarm/port.ts';

export type { LogLine, LogOptions } from './log.ts';

/**
 * One Docker engine, in the words of this project.
 *
 * No dockerode type crosses this line, so everything above it runs against the in-memory engine of the tests.
 * Methods reject only with {@link EngineError}. Every call takes a signal; whoever calls sets its deadline.
 * Aborting stops our waiting, not the engine's work: the outcome of an aborted change is unknown.
 */
export interface Engine {
  readonly name: EngineName;
  /** Where it is, as it was written, for people. Holds nothing secret. Absent: nowhere. */
  readonly address?: string;
  /** Another machine, reached without TLS that is verified. Absent: no. */
  readonly isExposed?: boolean;
  /** What the inventory says of it; absent: it is in none. */
  readonly member?: EngineMember;
  /** Asks what the engine is; the first call, which also negotiates the API version. */
  info(signal: AbortSignal): Promise<EngineInfo>;
  /** Whether it answers at all, on a connection of its own: no other call keeps it waiting. */
  ping(signal: AbortSignal): Promise<void>;
  observe(query: ObserveQuery, signal: AbortSignal): Promise<ObservedEngine>;
  inspectContainer(id: ContainerId, signal: AbortSignal): Promise<ObservedContainer>;
  /** Every stack on this engine, by the project labels of its containers, one-off ones left out. */
  listStacks(signal: AbortSignal): Promise<readonly StackSummary[]>;

  createNetwork(project: Project, network: DesiredNetwork, signal: AbortSignal): Promise<NetworkId>;
  removeNetwork(id: NetworkId, signal: AbortSignal): Promise<void>;
  /** Creates, or finds the volume of that name; resolves either way. Compare what exists before you call. */
  createVolume(project: Project, volume: DesiredVolume, signal: AbortSignal): Promise<void>;
  removeVolume(name: string, signal: AbortSignal): Promise<void>;

  createContainer(creation: ContainerCreation, resolve: Resolve, signal: AbortSignal): Promise<ContainerId>;
  connectNetwork(connection: Connection, signal: AbortSignal): Promise<void>;
  /** Puts configs and secrets into a container that has not started. */
  writeFiles(id: ContainerId, files: readonly FileContent[], signal: AbortSignal): Promise<void>;
  /** Writes down what a container is, as it is: `no-space` where the engine's disk is full. */
  probeContainer(id: ContainerId, signal: AbortSignal): Promise<void>;
  /** Already running is success. A resolved promise says that the process was started, not that it lives. */
  startContainer(id: ContainerId, signal: AbortSignal): Promise<void>;
  /** Sends the stop signal, then SIGKILL after the grace period; `undefined` is the container's own. Already stopped is success. */
  stopContainer(id: ContainerId, graceMs: number | undefined, signal: AbortSignal): Promise<void>;
  /** Sends SIGKILL. Already stopped is success. */
  killContainer(id: ContainerId, signal: AbortSignal): Promise<void>;
  restartContainer(id: ContainerId, graceMs: number | undefined, signal: AbortSignal): Promise<void>;
  /**
   * Runs a command in a running container, reports what it prints line by line, and resolves with its exit code.
   * `conflict`: the container does not run.
   */
  runHook(id: ContainerId, hook: Hook, work: Work): Promise<number>;
  /**
   * Tells a balancer where to send what it gets, before its start or while it runs; connections that exist go on.
   * `rejected`: it did not take that, and goes on as before.
   */
  balance(id: ContainerId, balancing: Balancing, signal: AbortSignal): Promise<void>;
  unpauseContainer(id: ContainerId, signal: AbortSignal): Promise<void>;
  /** Renaming to the name that it has is success. */
  renameContainer(id: ContainerId, name: string, signal: AbortSignal): Promise<void>;
  /** Of a stopped container; never forces. Already gone is success. */
  removeContainer(id: ContainerId, removeAnonymousVolumes: boolean, signal: AbortSignal): Promise<void>;

  pullImage(image: string, platform: string | undefined, work: Work): Promise<void>;
  buildImage(
    image: string,
    build: BuildSpec,
    work: Work & { readonly contents: ReadonlyMap<string, Uint8Array> },
  ): Promise<void>;
  /** An image as an archive that {@link Engine.receiveImage} takes, without the layers whose chain ids are known there. */
  exportImage(image: string, known: ReadonlySet<string>, signal: AbortSignal): Promise<ImageArchive>;
  /**
   * Takes an image over from another engine, under the same reference; layers that are here are not sent. What fails
   * names the engine that it failed on.
   */
  receiveImage(image: string, source: Pick<Engine, 'exportImage'>, work: Work): Promise<void>;
  removeImage(id: ImageId, signal: AbortSignal): Promise<void>;
  /** The digest (`sha256:…`) that an image's registry gives for its tag; nothing is pulled. */
  resolveDigest(image: string, signal: AbortSignal): Promise<string>;

  /** Takes a stack's lock: of all who try at once one gets it. `conflict`: it is held. */
  createLock(stack: string, owner: LockOwner, signal: AbortSignal): Promise<ContainerId>;
  /** `undefined`: nobody holds it. `conflict`: its name on the engine is taken by something that is no lock. */
  readLock(stack: string, signal: AbortSignal): Promise<EngineLock | undefined>;
  /** Shows others that the holder lives. `not-found`: the lock is gone, and perhaps somebody else's. */
  beatLock(id: ContainerId, beats: number, signal: AbortSignal): Promise<void>;
  /** By id, so that a lock which somebody else took meanwhile stays. Already gone is success. */
  releaseLock(id: ContainerId, signal: AbortSignal): Promise<void>;

  /** Remembers on the engine what a person wants of it; `active` forgets. */
  setAvailability(availability: Availability, signal: AbortSignal): Promise<void>;

  /** Output of one container in order; ends with the container unless it is not followed, then at the last line. */
  logs(id: ContainerId, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Changes of the stack's containers, and of marks, from now on; ends by throwing {@link EngineError} when the connection breaks. */
  events(stack: string, signal: AbortSignal): AsyncIterable<ContainerEvent>;
  /** A closer look at the machine, and what makes it a member of a swarm. Absent: neither. */
  openSetup?(): Promise<EngineSetup>;
  /** The swarm that this engine stands in for; absent: it stands for itself. */
  readonly swarm?: Swarm;
  /** The way to the swarm that this engine may be a manager of. Absent: none. */
  openSwarm?(): Promise<Swarm>;
  /** Lets go of every connection. */
  close(): void;
}

export interface ObserveQuery {
  readonly stack: string;
  /** Networks and volumes by name on the engine that are wanted whoever made them: external ones and name clashes. */
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
  readonly containerNames: readonly string[];
  /** Ask also what others take of the engine, and what a person said of its availability. Absent: no. */
  readonly wantsOthers?: boolean;
  /** What only a swarm is asked for: names of configs and secrets, and images to ask the registry for anew. */
  readonly ofSwarm?: { readonly files: readonly string[]; readonly freshImages: readonly string[] };
}

/** What the steps so far have made: turns references into ids. */
export interface Resolve {
  readonly container: (ref: Ref<ContainerId>) => ContainerId;
  readonly network: (ref: Ref<NetworkId>) => NetworkId;
}

export interface Connection {
  readonly network: NetworkId;
  readonly container: ContainerId;
  readonly attachment: NetworkAttachment;
  readonly aliases: readonly string[];
}

export interface FileContent {
  readonly file: FileMount;
  readonly bytes: Uint8Array;
}

/** A call that goes on for long and says how far it is. */
export interface Work {
  readonly report: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** An image on its way out of an engine. */
export interface ImageArchive {
  readonly imageId: ImageId;
  /** How many bytes will be sent, about; fewer once layers are met that the other side has. */
  readonly sizeBytes: () => number;
  /** A tar archive, read from the engine as fast as it is taken from here. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface ContainerEvent {
  readonly container: ContainerId;
  /** The engine's word: `create`, `start`, `die`, `health_status: healthy`, `destroy`… */
  readonly action: string;
  readonly service: string;
  readonly exitCode: number | undefined;
  /** Absent: a container of the stack. */
  readonly mark?: EventMark;
}

/** What no stack runs and the engine keeps: a stack's lock, and what a person wants of the engine. */
export type EventMark =
  | { readonly kind: 'lock'; readonly run: string; readonly command: string }
  | { readonly kind: 'availability' };

export interface StackSummary {
  readonly name: string;
  /** How many containers are in each state: `running` → 2. */
  readonly states: ReadonlyMap<string, number>;
  readonly configFiles: readonly string[];
}

/**
 * `unreachable`: never got there. `lost` and `timeout`: got there, and whether it did what we asked is unknown.
 * `aborted`: our own signal. `rejected`: the engine said no, for a reason in its words.
 */
export type EngineErrorCode =
  | 'unreachable'
  | 'lost'
  | 'timeout'
  | 'aborted'
  | 'incompatible'
  | 'not-found'
  | 'conflict'
  | 'unauthorized'
  | 'no-space'
  | 'rejected';

/** The engine said no, or could not be asked. `cause` keeps the transport's own error. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  readonly engine: EngineName;
  /** What to do about it, where we know. */
  readonly hint: string | undefined;
  /** What else a person wants to see: the last output of a build's failed step. May hold control sequences. */
  readonly details: readonly string[];

  constructor(
    code: EngineErrorCode,
    engine: EngineName,
    message: string,
    options: ErrorOptions & { hint?: string; details?: readonly string[] } = {},
  ) {
    super(message, options);
    this.details = options.details ?? [];
    this.code = code;
    this.engine = engine;
    this.hint = options.hint;
  }
}
