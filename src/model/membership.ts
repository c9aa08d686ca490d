import type { EngineInfo, SwarmMembership } from './observed.ts';

/** Anything that carries what an engine says of itself. */
interface Informed {
  readonly info: EngineInfo;
}

/**
 * Fills in what workers do not tell of themselves from the managers among the engines: the swarm's id, and the
 * availability of the node. A worker whose managers are not listed stays without.
 */
export function completeSwarms<Engine extends Informed>(engines: readonly Engine[]): readonly Engine[] {
  const managers = engines.flatMap(({ info: { swarm } }) => (swarm?.isManager === true ? [swarm] : []));
  return engines.map((engine) => {
    const { swarm } = engine.info;
    if (swarm === undefined) return engine;
    const completed = completeSwarm(swarm, managers);
    return completed === swarm ? engine : { ...engine, info: { ...engine.info, swarm: completed } };
  });
}

/** Whether two engines are known to be members of one swarm. */
export function isInSwarmOf({ info: { swarm: a } }: Informed, { info: { swarm: b } }: Informed): boolean {
  return a !== undefined && b !== undefined && a.clusterId !== '' && a.clusterId === b.clusterId;
}

function completeSwarm(swarm: SwarmMembership, managers: readonly SwarmMembership[]): SwarmMembership {
  if (swarm.clusterId !== '' && swarm.availability !== undefined) return swarm;
  const own = managers.filter(
    ({ nodeId, nodes }) => swarm.managers.includes(nodeId) || nodes?.some((node) => node.nodeId === swarm.nodeId),
  );
  const clusterId = swarm.clusterId || own.find((manager) => manager.clusterId !== '')?.clusterId;
  const node = own.flatMap(({ nodes = [] }) => nodes).find(({ nodeId }) => nodeId === swarm.nodeId);
  if (clusterId === undefined && node === undefined) return swarm;
  return {
    ...swarm,
    clusterId: clusterId ?? swarm.clusterId,
    availability: swarm.availability ?? node?.availability,
  };
}
