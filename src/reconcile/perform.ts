import { type Engine, EngineError, type FileContent, type Resolve } from '../engine/engine.ts';
import type { FileMount } from '../model/container.ts';
import type { Progress } from '../model/event.ts';
import type { ContainerId, EngineName, NetworkId } from '../model/id.ts';
import type { Operation, OperationOf, Ref, Step, StepId } from '../model/plan.ts';
import { unreachable } from '../model/result.ts';
import { runHook } from './hook.ts';
import { isSwarmCall, performOnSwarm, type SwarmCall } from './swarm/perform.ts';

/** Ids that the steps of one plan have made so far, by step. */
export interface Made {
  readonly containers: Map<StepId, ContainerId>;
  readonly networks: Map<StepId, NetworkId>;
}

/** What one call needs beside its step. */
export interface Performing {
  readonly engine: Engine;
  /** Another engine of the run, by name. */
  readonly peer: (name: EngineName) => Engine;
  readonly made: Made;
  /** Contents of configs and secrets by digest. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly report: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** An operation that is one call to the engine; waiting is none. */
export type CallStep = Step & {
  readonly operation: Exclude<Operation, { readonly kind: 'wait-container' | 'wait-swarm-service' }>;
};

/** Makes the one call that a step stands for. Decides nothing. */
export async function perform(step: CallStep, performing: Performing): Promise<void> {
  const { operation } = step;
  if (isSwarmCall(operation)) return performOnSwarm(operation, performing);
  if (operation.kind === 'connect-network' || operation.kind === 'balance')
    return performWithOthers(operation, performing);
  return 'container' in operation
    ? performOnContainer(operation, performing)
    : performOnResource({ id: step.id, operation }, performing);
}

type WithOthers = OperationOf<'connect-network' | 'balance'>;
type OnContainer = Exclude<Extract<CallStep['operation'], { readonly container: unknown }>, WithOthers>;
type OnResource = Exclude<CallStep['operation'], OnContainer | WithOthers | SwarmCall>;

/** The calls that make or remove something. */
async function performOnResource(
  { id, operation: it }: { readonly id: StepId; readonly operation: OnResource },
  { engine, peer, made, signal, report, contents }: Performing,
): Promise<void> {
  switch (it.kind) {
    case 'pull-image':
      return engine.pullImage(it.image, it.platform, { report, signal });
    case 'build-image':
      return engine.buildImage(it.image, it.build, { report, signal, contents });
    case 'copy-image':
      return engine.receiveImage(it.image, peer(it.from), { report, signal });
    case 'remove-image':
      return engine.removeImage(it.image, signal);
    case 'create-network':
      made.networks.set(id, await engine.createNetwork(it.project, it.network, signal));
      return;
    case 'remove-network':
      return engine.removeNetwork(it.network, signal);
    case 'create-volume':
      return engine.createVolume(it.project, it.volume, signal);
    case 'remove-volume':
      return engine.removeVolume(it.name, signal);
    case 'create-container':
      made.containers.set(id, await engine.createContainer(it.creation, resolver(made), signal));
      return;
    default:
      return unreachable(it);
  }
}

/** The calls about one container that exists. */
async function performOnContainer(
  it: OnContainer,
  { engine, made, signal, contents, report }: Performing,
): Promise<void> {
  const resolve = resolver(made);
  switch (it.kind) {
    case 'write-files':
      return engine.writeFiles(resolve.container(it.container), withContents(engine.name, it.files, contents), signal);
    case 'probe-container':
      return engine.probeContainer(resolve.container(it.container), signal);
    case 'start-container':
      return engine.startContainer(resolve.container(it.container), signal);
    case 'run-post-start':
    case 'run-pre-stop':
      return runHook(it, { engine, container: resolve.container(it.container), signal, report });
    case 'restart-container':
      return engine.restartContainer(it.container, it.graceMs, signal);
    case 'unpause-container':
      return engine.unpauseContainer(it.container, signal);
    case 'stop-container':
      return engine.stopContainer(it.container, it.graceMs, signal);
    case 'rename-container':
      return engine.renameContainer(resolve.container(it.container), it.name, signal);
    case 'remove-container':
      return engine.removeContainer(it.container, it.removeAnonymousVolumes, signal);
    default:
      return unreachable(it);
  }
}

/** The calls about a container and something else. */
function performWithOthers(it: WithOthers, { engine, made, signal }: Performing): Promise<void> {
  const resolve = resolver(made);
  const container = resolve.container(it.container);
  if (it.kind === 'balance') {
    const servers = it.servers.map((server) => resolve.container(server));
    return engine.balance(container, { listeners: it.listeners, servers }, signal);
  }
  const { attachment, aliases } = it;
  return engine.connectNetwork({ network: resolve.network(it.network), container, attachment, aliases }, signal);
}

/** Turns references into ids by what the steps before have made. */
export function resolver(made: Made): Resolve {
  return {
    container: (ref) => resolveIn(made.containers, ref),
    network: (ref) => resolveIn(made.networks, ref),
  };
}

function resolveIn<Id>(made: ReadonlyMap<StepId, Id>, ref: Ref<Id>): Id {
  if (ref.from === 'observed') return ref.id;
  const id = made.get(ref.step);
  // A step runs only after the steps that it waits for, so this is a planner's mistake.
  if (id === undefined) throw new Error(`step #${ref.step} made nothing`);
  return id;
}

function withContents(
  engine: EngineName,
  files: readonly FileMount[],
  contents: Performing['contents'],
): readonly FileContent[] {
  return files.map((file) => {
    const bytes = contents.get(file.digest);
    if (bytes === undefined)
      throw new EngineError('rejected', engine, `the content of ${file.kind} ${file.source} is not at hand`);
    return { file, bytes };
  });
}
