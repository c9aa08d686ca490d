/** What only the care for engines asks of one: a closer look, and membership of a swarm. */
export interface EngineSetup {
  examine(signal: AbortSignal): Promise<Examination>;
  /** Makes the engine the first manager of a swarm. Without an address the engine chooses one, or says that it cannot. */
  initSwarm(advertise: string | undefined, signal: AbortSignal): Promise<void>;
  /** The secrets that let others in; only a manager with quorum has them. */
  joinTokens(signal: AbortSignal): Promise<JoinTokens>;
  /** `conflict`: it is in a swarm already. */
  joinSwarm(joining: Joining, signal: AbortSignal): Promise<void>;
}

/** Never shown, logged or kept. */
export interface JoinTokens {
  readonly manager: string;
  readonly worker: string;
}

export interface Joining {
  readonly token: string;
  /** `address:port` of managers. */
  readonly managers: readonly string[];
  readonly advertise: string | undefined;
}

/** What an engine says of its machine beside what every round asks. */
export interface Examination {
  /** Its clock, milliseconds since 1970; `undefined` where it does not tell. */
  readonly clockMs: number | undefined;
  readonly storageDriver: string;
  /** What the storage driver tells of free space, in its words; most tell nothing. */
  readonly freeSpace: string | undefined;
  /** Whether the kernel can have Swarm's virtual addresses; `undefined`: cannot be told from here. */
  readonly hasIpvs: boolean | undefined;
}
