import type { ContainerId } from './id.ts';

/** A port of a balancer. `http`: each request by itself, so that one that a replica did not answer can go to another. */
export interface Listener {
  readonly port: number;
  readonly mode: 'tcp' | 'http';
}

/** What a balancer does: what comes to each of its ports goes to the same port of one of these containers. */
export interface Balancing {
  readonly listeners: readonly Listener[];
  readonly servers: readonly ContainerId[];
}

/** What makes a service a balancer. */
export interface Balancer {
  /** The service in front of which it stands. */
  readonly service: string;
  readonly listeners: readonly Listener[];
}
