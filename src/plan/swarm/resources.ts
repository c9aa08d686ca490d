import type { Desired, DesiredNetwork, DesiredService } from '../../model/desired.ts';
import { networkAddress } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import type { DesiredSwarmFile } from '../../model/target.ts';
import { networkKeys } from '../uses.ts';
import { fileName } from './names.ts';
import type { SwarmSite } from './site.ts';

/** Steps that make what services need, by what is made: `network/default`, `secret/password`. */
export type ResourceSteps = ReadonlyMap<string, StepId>;

/** Makes the networks, configs and secrets that these services need and the swarm lacks. */
export function planResources(site: SwarmSite, desired: Desired, services: readonly DesiredService[]): ResourceSteps {
  const used = new Set(services.flatMap(needsOf));
  const steps = new Map<string, StepId>();
  for (const network of desired.networks) {
    const key = `network/${network.key}`;
    const step = used.has(key) ? planNetwork(site, network) : undefined;
    if (step !== undefined) steps.set(key, step);
  }
  for (const file of desired.swarmFiles ?? []) {
    const key = `${file.kind}/${file.key}`;
    const step = used.has(key) ? planFile(site, file) : undefined;
    if (step !== undefined) steps.set(key, step);
  }
  return steps;
}

/** What one service needs, in the same words. */
export function needsOf({ container }: DesiredService): readonly string[] {
  const networks = networkKeys(container).map((key) => `network/${key}`);
  return [...networks, ...container.files.map(({ kind, source }) => `${kind}/${source}`)];
}

function planNetwork({ builder, engine, stack, swarm }: SwarmSite, network: DesiredNetwork): StepId | undefined {
  const found = swarm.networks.find(({ name, scope }) => name === network.name && scope === 'swarm');
  const address = networkAddress(network.key);
  if (network.external) {
    if (found === undefined) {
      builder.refuse({
        kind: 'impossible',
        code: 'missing-network',
        address,
        message: `the swarm has no network ${network.name}, which the stack file calls external`,
        hint: `make it with \`docker network create --driver overlay --attachable ${network.name}\``,
      });
    }
    return undefined;
  }
  if (found === undefined) {
    return builder.add({
      kind: 'create-swarm-network',
      engine,
      address,
      reasons: ['the swarm has no such network'],
      stack,
      network: { ...network, spec: { ...network.spec, driver: network.spec.driver ?? 'overlay', attachable: true } },
    });
  }
  if (!found.isOwn) {
    builder.refuse({
      kind: 'impossible',
      code: 'foreign-network',
      address,
      message: `the network ${network.name} is there and does not belong to this stack`,
      hint: 'remove it, give the network another "name", or call it external',
    });
  }
  return undefined;
}

function planFile({ builder, engine, stack, swarm }: SwarmSite, file: DesiredSwarmFile): StepId | undefined {
  const name = fileName(file);
  if (swarm.files.some((it) => it.kind === file.kind && it.name === name)) return undefined;
  const address = `${file.kind}/${file.key}` as const;
  if (!file.external) {
    const reasons = ['its content is not on the swarm'];
    return builder.add({ kind: 'create-swarm-file', engine, address, reasons, stack, name, file });
  }
  builder.refuse({
    kind: 'impossible',
    code: `missing-${file.kind}`,
    address,
    message: `the swarm has no ${file.kind} ${name}, which the stack file calls external`,
    hint: `make it with \`docker ${file.kind} create ${name} FILE\``,
  });
  return undefined;
}

/**
 * Removes configs and secrets of ours that nothing uses any more, not even a version that a service could go back
 * to. Only once everything stands as wanted.
 */
export function planLeftovers({ builder, engine, swarm }: SwarmSite, desired: Desired): void {
  const used = new Set(swarm.services.flatMap(({ fileIds }) => fileIds));
  const wanted = new Set((desired.swarmFiles ?? []).map((file) => `${file.kind}/${fileName(file)}`));
  for (const { kind, id, name, isOurs } of swarm.files) {
    if (!isOurs || used.has(id) || wanted.has(`${kind}/${name}`)) continue;
    const reasons = ['no service uses this content, nor could go back to it'];
    builder.add({ kind: 'remove-swarm-file', engine, address: `${kind}/${name}`, reasons, file: kind, id, name });
  }
}
