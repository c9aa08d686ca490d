import type { Desired, DesiredService } from '../model/desired.ts';
import type { Request } from '../model/request.ts';
import { unreachable } from '../model/result.ts';
import { canonicalName } from './names.ts';
import { imagesOf } from './up/images.ts';

/** What planning needs to know of an engine beyond what carries the stack's labels. */
export interface PlanQuery {
  readonly stack: string;
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
  readonly containerNames: readonly string[];
  /** What containers of others hold: their ports, and what they reserve. */
  readonly wantsOthers: boolean;
}

/** What to ask engines for, before planning this request. `engines`: how many there are to choose from. */
export function observeQuery(stack: string, desired: Desired | undefined, request: Request, engines = 1): PlanQuery {
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
    wantsOthers: mayMeetOthers(desired, request, engines),
  };
}

/** A plan that starts nothing meets nobody; without a file, or going back, only the containers tell what they need. */
function mayMeetOthers(desired: Desired | undefined, request: Request, engines: number): boolean {
  switch (request.kind) {
    case 'up':
      return engines > 1 || (desired?.services ?? []).some(needsRoom);
    case 'rollback':
    case 'start':
    case 'restart':
      return true;
    case 'stop':
    case 'down':
    case 'pull':
    case 'build':
      return false;
    default:
      return unreachable(request);
  }
}

const needsRoom = ({ container, placement }: DesiredService): boolean =>
  placement.reserved !== undefined || container.ports.some(({ published }) => published !== undefined);

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();
