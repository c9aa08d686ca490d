import type { EngineInfo } from '../model/observed.ts';

interface Informed {
  readonly info: EngineInfo;
}

/** Whether two engines are known to be members of one swarm. */
export function isInSwarmOf({ info: { swarm: a } }: Informed, { info: { swarm: b } }: Informed): boolean {
  return a !== undefined && b !== undefined && a.clusterId !== '' && a.clusterId === b.clusterId;
}
