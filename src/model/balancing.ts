import type { Pairs } from './container.ts';
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

/** The label by which a balancer's container is known: it says in front of which service it stands. */
export const balancesLabel = 'stack.balances';

/** The service in front of which a container stands; `undefined`: it is no balancer. */
export const balancedBy = ({ labels }: { readonly labels: Pairs }): string | undefined =>
  labels.find(([name]) => name === balancesLabel)?.[1];
