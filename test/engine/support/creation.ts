import type { Resolve } from '../../../src/engine/engine.ts';
import type { ContainerSpec, NetworkAttachment } from '../../../src/model/container.ts';
import type { DesiredNetwork, DesiredVolume, Project } from '../../../src/model/desired.ts';
import { networkId } from '../../../src/model/id.ts';
import type { ContainerCreation, ResolvedAttachment } from '../../../src/model/plan.ts';
import * as builders from '../../support/builders.ts';

export const project: Project = {
  name: 'shop',
  workingDir: '/srv/shop',
  configFiles: ['/srv/shop/stack.yaml', '/srv/shop/stack.override.yaml'],
  environmentFiles: [],
};

/** The least that a container can be asked for. */
export const spec = (overrides: Partial<ContainerSpec> = {}): ContainerSpec =>
  builders.spec({ image: 'nginx', network: { kind: 'engine', mode: 'none' }, ...overrides });

export function creation(overrides: Partial<ContainerCreation> = {}): ContainerCreation {
  return {
    name: 'shop-web-1',
    project,
    service: 'web',
    slot: 1,
    isOneOff: false,
    spec: spec(),
    dependsOn: [],
    imageId: undefined,
    network: { kind: 'engine', mode: 'none' },
    volumeNames: [],
    inheritedVolumes: [],
    containers: [],
    ...overrides,
  };
}

export function attached(name: string, id: string, overrides: Partial<NetworkAttachment> = {}): ResolvedAttachment {
  return {
    network: { from: 'observed', id: networkId(id) },
    name: `shop_${name}`,
    attachment: builders.attachment(name, overrides),
    aliases: ['shop-web-1', 'web'],
  };
}

export const network = (key: string): DesiredNetwork => ({ ...builders.network(key), name: `shop_${key}` });
export const volume = (key: string): DesiredVolume => ({ ...builders.volume(key), name: `shop_${key}` });

/** Takes what exists as it is: no step has made anything. */
export const resolve: Resolve = { container: idOf, network: idOf };

function idOf<Id>(ref: { readonly from: 'observed'; readonly id: Id } | { readonly from: 'step' }): Id {
  if (ref.from === 'step') throw new Error('no step has run');
  return ref.id;
}
