import type { Desired, DesiredService } from '../model/desired.ts';
import type { Request } from '../model/request.ts';
import { unreachable } from '../model/result.ts';
import { isShareable } from './balance/ports.ts';
import { balancerImage } from './balance/service.ts';
import { canonicalName } from './names.ts';
import { imagesOf } from './uses.ts';

/** What planning needs to know of an engine beyond what carries the stack's labels. */
export interface PlanQuery {
  readonly stack: string;
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
  readonly containerNames: readonly string[];
  /** What containers of others hold: their ports, and what they reserve. */
  readonly wantsOthers: boolean;
  /** What only a swarm is asked for; absent: the target are plain engines. */
  readonly ofSwarm?: SwarmWants;
}

/** What planning needs to know of a swarm beyond what carries the stack's labels. */
interface SwarmWants {
  /** Names of configs and secrets that must exist already. */
  readonly files: readonly string[];
  /** Images whose registry is to be asked even if a service runs them already. */
  readonly freshImages: readonly string[];
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
    images: sorted([...services.flatMap(({ container }) => imagesOf(container)), ...balancerImages(desired)]),
    containerNames: sorted(names),
    wantsOthers: mayMeetOthers(desired, request, engines),
    ...(desired?.swarmFiles === undefined ? {} : { ofSwarm: swarmWants(desired, request) }),
  };
}

function swarmWants({ swarmFiles = [], services }: Desired, request: Request): SwarmWants {
  const pull = request.kind === 'up' ? request.pull : undefined;
  return {
    files: sorted(swarmFiles.filter(({ external }) => external).map(({ name }) => name)),
    freshImages: sorted(
      services.filter(({ pullPolicy }) => (pull ?? pullPolicy) === 'always').map(({ container }) => container.image),
    ),
  };
}

/** A balancer may stand in front of any service that has a port for one. */
const balancerImages = (desired: Desired | undefined): readonly string[] =>
  desired?.services.some(({ container }) => container.ports.some(isShareable)) === true ? [balancerImage(desired)] : [];

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
