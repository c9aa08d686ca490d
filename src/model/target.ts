import type { Pairs } from './container.ts';

/** What a stack runs on: plain containers on engines, or the services of a swarm. */
export type TargetKind = 'engines' | 'swarm';

/** What a service of the file says to a swarm alone. */
export interface SwarmSettings {
  readonly isJob: boolean;
  readonly restart: SwarmRestart;
  readonly endpointMode: 'vip' | 'dnsrr';
  /** `deploy.labels`. */
  readonly labels: Pairs;
  readonly reservations: SwarmReservations;
  /** `os/arch` of each platform that nodes may have; empty: any. */
  readonly platforms: readonly string[];
}

export interface SwarmRestart {
  readonly condition: 'none' | 'on-failure' | 'any';
  readonly delayMs: number | undefined;
  readonly maxAttempts: number | undefined;
  readonly windowMs: number | undefined;
}

export interface SwarmReservations {
  readonly cpuNanos: number | undefined;
  readonly memoryBytes: number | undefined;
  /** Kind and count of each, sorted by kind. */
  readonly generic: readonly { readonly kind: string; readonly value: number }[];
}

/** A config or secret of the file as a swarm keeps it. */
export interface DesiredSwarmFile {
  readonly kind: 'config' | 'secret';
  readonly key: string;
  /** What stands before the digest in its name; of an external one the whole name. */
  readonly name: string;
  /** Must exist already; never created, changed or removed. */
  readonly external: boolean;
  /** Finds the content in `Desired.contents`; empty for an external one. */
  readonly digest: string;
  readonly labels: Pairs;
  readonly templateDriver: string | undefined;
}
