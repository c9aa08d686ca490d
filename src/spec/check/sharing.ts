import { type Node, wordAt } from '../read.ts';

/** Whether a load balancer can hold a port for several containers: TCP, in ingress mode. */
export const isShareable = (port: Node): boolean =>
  wordAt(port, 'mode') !== 'host' && (wordAt(port, 'protocol') ?? 'tcp') === 'tcp';
