import { type Engine, EngineError } from '../../engine/engine.ts';
import type { Swarm } from '../../engine/swarm/port.ts';
import type { Operation } from '../../model/plan.ts';
import { unreachable } from '../../model/result.ts';

/** An operation that is one call to a manager of a swarm. */
export type SwarmCall = Extract<
  Operation,
  { readonly kind: `${'create' | 'update' | 'rollback' | 'restart' | 'remove'}-swarm-${string}` }
>;

export const isSwarmCall = (operation: Operation): operation is SwarmCall =>
  operation.kind !== 'wait-swarm-service' && operation.kind.includes('-swarm-');

/** The swarm behind the engine; that a plan for one met an engine without is a mistake of ours. */
export function swarmOf({ name, swarm }: Engine): Swarm {
  if (swarm === undefined) throw new Error(`engine ${name} stands in for no swarm`);
  return swarm;
}

/** Makes the one call that a step stands for. Decides nothing. */
export async function performOnSwarm(
  it: SwarmCall,
  {
    engine,
    contents,
    signal,
  }: { readonly engine: Engine; readonly contents: ReadonlyMap<string, Uint8Array>; readonly signal: AbortSignal },
): Promise<void> {
  const swarm = swarmOf(engine);
  switch (it.kind) {
    case 'create-swarm-network':
      await swarm.createNetwork(it.stack, it.network, signal);
      return;
    case 'create-swarm-file': {
      const bytes = contents.get(it.file.digest);
      if (bytes === undefined)
        throw new EngineError('rejected', engine.name, `the content of ${it.file.kind} ${it.file.key} is not at hand`);
      return swarm.createFile({ stack: it.stack, name: it.name, file: it.file, bytes }, signal);
    }
    case 'remove-swarm-file':
      return swarm.removeFile(it.file, it.id, signal);
    case 'create-swarm-service':
      return swarm.createService(it.creation, signal);
    case 'update-swarm-service':
      return swarm.updateService(it, signal);
    case 'rollback-swarm-service':
      return swarm.rollbackService(it.id, it.version, signal);
    case 'restart-swarm-service':
      return swarm.restartService(it.id, it.version, signal);
    case 'remove-swarm-service':
      return swarm.removeService(it.id, signal);
    default:
      return unreachable(it);
  }
}
