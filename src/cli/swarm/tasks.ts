import { type Engine } from '../../engine/engine.ts';
import type { Swarm } from '../../engine/swarm/port.ts';
import type { ObservedSwarmService, SwarmNode, SwarmTask } from '../../model/swarm.ts';
import { isWanted, taskName } from '../../plan/swarm/standing.ts';
import { requireServices } from '../requests.ts';
import { declaredServices, type Target } from '../target.ts';

/** A task with what a person wants to know of it. */
export interface LocatedTask {
  readonly task: SwarmTask;
  readonly service: ObservedSwarmService;
  /** `web.2`; where a service runs once a node, `web.host1`. */
  readonly name: string;
  /** `undefined`: it has none yet. */
  readonly node: SwarmNode | undefined;
}

/** The swarm that these engines stand in for. */
export function swarmAmong(engines: readonly Engine[]): Swarm {
  const swarm = engines.find((engine) => engine.swarm !== undefined)?.swarm;
  if (swarm === undefined) throw new Error('no engine stands in for a swarm');
  return swarm;
}

/** Tasks of the services that were named, or of all, by name, the newest first. Refuses names that are none. */
export async function listTasks(
  swarm: Swarm,
  target: Target,
  {
    services,
    isAll,
    signal,
  }: { readonly services: readonly string[]; readonly isAll: boolean; readonly signal: AbortSignal },
): Promise<readonly LocatedTask[]> {
  const seen = await swarm.look(target.name, signal);
  const declared = target.stack === undefined ? [] : declaredServices(target.stack.desired);
  requireServices(services, [...new Set([...declared, ...seen.services.map(({ service }) => service)])]);
  const byId = new Map(seen.services.map((service) => [service.id, service]));
  return seen.tasks
    .flatMap((task) => {
      const service = byId.get(task.serviceId);
      if (service === undefined || (services.length > 0 && !services.includes(service.service))) return [];
      const node = seen.nodes.find(({ id }) => id === task.nodeId);
      const isOneANode = service.mode.kind.startsWith('global') && node !== undefined;
      const name = isOneANode ? `${service.service}.${node.hostname}` : taskName(service, task);
      return [{ task, service, name, node }];
    })
    .filter(({ task }) => isAll || isWanted(task))
    .toSorted((a, b) =>
      a.name === b.name ? (a.task.createdAt < b.task.createdAt ? 1 : -1) : a.name < b.name ? -1 : 1,
    );
}
