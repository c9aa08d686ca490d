import type { Desired } from '../model/desired.ts';
import type { Request } from '../model/request.ts';
import { canonicalName } from './names.ts';
import { imagesOf } from './up/images.ts';

/** What planning needs to know of an engine beyond what carries the stack's labels. */
export interface PlanQuery {
  readonly stack: string;
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
  readonly containerNames: readonly string[];
}

/** What to ask engines for, before planning this request. */
export function observeQuery(stack: string, desired: Desired | undefined, request: Request): PlanQuery {
  const services = desired?.services ?? [];
  const names = services.flatMap((service) => {
    const replicas = request.kind === 'up' ? (request.scale.get(service.name) ?? service.replicas) : 0;
    return Array.from({ length: replicas }, (_, index) => canonicalName(stack, service, index + 1));
  });
  return {
    stack,
    networks: sorted(desired?.networks.map(({ name }) => name) ?? []),
    volumes: sorted(desired?.volumes.map(({ name }) => name) ?? []),
    images: sorted(services.flatMap(imagesOf)),
    containerNames: sorted(names),
  };
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();
