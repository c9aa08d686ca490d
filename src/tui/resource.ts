import type { EngineName } from '../model/id.ts';
import type { Operation, OperationOf, Step } from '../model/plan.ts';

/** Kinds of resources, in the words that Compose prints. */
export type ResourceKind = 'Network' | 'Volume' | 'Image' | 'Container' | 'Service' | 'Config' | 'Secret';

/** What a step works on, as a person knows it. */
export interface Resource {
  readonly kind: ResourceKind;
  readonly engine: EngineName;
  /** As the engine knows it: `wp-web-1`, `wp_default`, `mysql:9`. */
  readonly name: string;
  /** Of containers and services of a swarm; empty for other kinds. */
  readonly service: string;
}

type ImageOperation = OperationOf<'pull-image' | 'build-image' | 'copy-image' | 'remove-image'>;

/** Equal for steps that work on the same resource: images by reference, everything else by address, each on its engine. */
export function resourceKey(operation: Operation): string {
  const id = isOfImage(operation) ? `image/${referenceOf(operation)}` : operation.address;
  return `${operation.engine} ${id}`;
}

/**
 * The resource of steps that share a {@link resourceKey}.
 *
 * A container is called what it is created or at last renamed as; where no step says it, by `known`, else as
 * `<stack>-<service>-<slot>`.
 */
export function resourceOf(steps: readonly [Step, ...Step[]], stack: string, known: string | undefined): Resource {
  const { operation } = steps[0];
  const kind = kindOf(operation);
  return {
    kind,
    engine: operation.engine,
    name:
      (kind === 'Container' ? containerName(steps) : plainName(operation)) ?? known ?? nameByAddress(operation, stack),
    service: kind === 'Container' || kind === 'Service' ? (operation.address.split('/')[1] ?? '') : '',
  };
}

function kindOf(operation: Operation): ResourceKind {
  if (isOfImage(operation)) return 'Image';
  if (operation.address.startsWith('network/')) return 'Network';
  if (operation.address.startsWith('volume/')) return 'Volume';
  if (operation.address.startsWith('config/')) return 'Config';
  if (operation.address.startsWith('secret/')) return 'Secret';
  return operation.kind.endsWith('-swarm-service') ? 'Service' : 'Container';
}

function isOfImage(operation: Operation): operation is Operation & ImageOperation {
  return ['pull-image', 'build-image', 'copy-image', 'remove-image'].includes(operation.kind);
}

function referenceOf(operation: ImageOperation): string {
  return operation.kind === 'remove-image' ? operation.reference : operation.image;
}

function plainName(operation: Operation): string | undefined {
  if (isOfImage(operation)) return referenceOf(operation);
  if (operation.kind === 'create-network') return operation.network.name;
  if (operation.kind === 'create-volume') return operation.volume.name;
  if (operation.kind === 'create-swarm-network') return operation.network.name;
  if ('creation' in operation) return operation.creation.name;
  return 'name' in operation ? operation.name : undefined;
}

function containerName(steps: readonly Step[]): string | undefined {
  const creation = steps.find(({ operation }) => operation.kind === 'create-container');
  if (creation?.operation.kind !== 'create-container') return undefined;
  const names = steps.map(({ operation }) =>
    operation.kind === 'rename-container' &&
    operation.container.from === 'step' &&
    operation.container.step === creation.id
      ? operation.name
      : undefined,
  );
  return names.findLast((name) => name !== undefined) ?? creation.operation.creation.name;
}

function nameByAddress({ address }: Operation, stack: string): string {
  const [kind, ...rest] = address.split('/');
  return kind === 'service' ? [stack, ...rest].join('-') : `${stack}_${rest.join('/')}`;
}
