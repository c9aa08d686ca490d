import type { DesiredNetwork } from '../../model/desired.ts';
import type { ContainerId, NetworkId } from '../../model/id.ts';
import type { EngineLock, LockOwner } from '../../model/lock.ts';
import type { SwarmCreation } from '../../model/plan.ts';
import type { ObservedSwarm } from '../../model/swarm.ts';
import type { DesiredSwarmFile } from '../../model/target.ts';
import type { LogLine, LogOptions } from '../log.ts';

/**
 * A swarm as one of its managers serves it, in the words of this project.
 *
 * Methods reject only with `EngineError`. A change of an object that somebody else changed meanwhile is a `conflict`.
 */
export interface Swarm {
  /** Whether this engine can change a swarm, and why not where it cannot. */
  membership(signal: AbortSignal): Promise<SwarmPart>;
  observe(query: SwarmQuery, signal: AbortSignal): Promise<ObservedSwarm>;
  /** What changes while the stack converges. */
  look(stack: string, signal: AbortSignal): Promise<SwarmLook>;
  /** The stacks that have services, with the number of these. */
  listStacks(signal: AbortSignal): Promise<readonly { readonly name: string; readonly services: number }[]>;

  createNetwork(stack: string, network: DesiredNetwork, signal: AbortSignal): Promise<NetworkId>;
  createFile(file: FileCreation, signal: AbortSignal): Promise<void>;
  /** Already gone is success. */
  removeFile(kind: DesiredSwarmFile['kind'], id: string, signal: AbortSignal): Promise<void>;
  createService(creation: SwarmCreation, signal: AbortSignal): Promise<void>;
  updateService(update: ServiceUpdate, signal: AbortSignal): Promise<void>;
  /** Back to the version before, which the swarm remembers. */
  rollbackService(id: string, version: number, signal: AbortSignal): Promise<void>;
  /** Replaces every task. */
  restartService(id: string, version: number, signal: AbortSignal): Promise<void>;
  /** Already gone is success. */
  removeService(id: string, signal: AbortSignal): Promise<void>;

  /** Output of one task; a node that does not answer ends it with an error. */
  taskLogs(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;

  /** The stack's lock as an object of the swarm, so that it is one whichever manager is asked. */
  createLock(stack: string, owner: LockOwner, signal: AbortSignal): Promise<ContainerId>;
  readLock(stack: string, signal: AbortSignal): Promise<EngineLock | undefined>;
  beatLock(id: ContainerId, beats: number, signal: AbortSignal): Promise<void>;
  releaseLock(id: ContainerId, signal: AbortSignal): Promise<void>;
}

/** What an engine is to a swarm. */
export type SwarmPart = 'manager' | 'worker' | 'none' | 'no-quorum';

/** How the stack's services stand at one moment. */
export type SwarmLook = Pick<ObservedSwarm, 'services' | 'tasks' | 'nodes'>;

export interface SwarmQuery {
  readonly stack: string;
  /** By name on the swarm. */
  readonly networks: readonly string[];
  /** Names of configs and secrets that are wanted whoever made them. */
  readonly files: readonly string[];
  /** References as the file writes them. */
  readonly images: readonly string[];
  /** Of these, those whose registry is asked even if a service runs them already. */
  readonly freshImages: readonly string[];
}

export interface FileCreation {
  readonly stack: string;
  /** On the swarm. */
  readonly name: string;
  readonly file: DesiredSwarmFile;
  readonly bytes: Uint8Array;
}

export interface ServiceUpdate {
  readonly id: string;
  readonly version: number;
  readonly creation: SwarmCreation;
  readonly force: boolean;
}
