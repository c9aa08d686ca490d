import { desired, down, lifecycle, network, service, up, volume, volumeMount } from '../../support/builders.ts';
import { stopProcess } from '../../support/memory-process.ts';
import { type MemoryWorld, newNetworkId } from '../../support/memory-world.ts';
import type { Scenario } from '../scenario.ts';
import { blog, hooked, plain, replicas, twoNetworks, version, withData, withFile } from '../stacks.ts';

const request = up();
const alwaysUp = ['web'];
const own = ({ containers }: MemoryWorld) =>
  [...containers.values()].filter(({ creation }) => creation.project.name === 'app');

function stopAll(world: MemoryWorld): void {
  for (const container of own(world)) stopProcess(world, container);
}

/** As two runs without a lock leave it on an engine whose network names are no mutex. */
function doubleNetworks(world: MemoryWorld): void {
  for (const it of world.networks.values()) {
    if (it.stack !== 'app') continue;
    const id = newNetworkId(world);
    world.networks.set(id, { ...it, id, createdAtMs: it.createdAtMs + 1 });
    return;
  }
}

/** A stack comes, grows, shrinks, changes its networks and volumes, stops and goes. */
export const changes: readonly Scenario[] = [
  { name: 'fresh', before: undefined, after: blog('1'), request },
  { name: 'fresh on an old engine', before: undefined, after: twoNetworks('1'), request, apiVersion: '1.41' },
  { name: 'fresh with a secret', before: undefined, after: withFile('secret', '1'), request },
  { name: 'hooks, fresh', before: undefined, after: hooked('1', { count: 2 }), request },
  { name: 'scale up', before: replicas(1, '1'), after: replicas(3, '1'), request, alwaysUp },
  { name: 'scale down', before: replicas(3, '1'), after: replicas(1, '1'), request, alwaysUp },
  { name: 'scale and update', before: replicas(2, '1'), after: replicas(3, '2'), request, alwaysUp },
  { name: 'scale down and update', before: replicas(3, '1'), after: replicas(2, '2'), request, alwaysUp },
  { name: 'hooks, scale down', before: hooked('1', { count: 2 }), after: hooked('1'), request },
  {
    name: 'network changed',
    before: twoNetworks('1'),
    after: twoNetworks('1', [['mtu', '1400']]),
    request,
  },
  {
    name: 'network changed on an old engine',
    before: twoNetworks('1'),
    after: twoNetworks('1', [['mtu', '1400']]),
    request,
    apiVersion: '1.41',
  },
  {
    name: 'network added, and one left out',
    before: twoNetworks('1'),
    after: desired([service({ container: version('1') })], { networks: [network('default')] }),
    request,
    alwaysUp,
  },
  {
    name: 'two networks of one name',
    before: plain('1'),
    meddle: doubleNetworks,
    after: plain('2'),
    request,
    apiVersion: '1.41',
    alwaysUp,
  },
  { name: 'volume added', before: plain('1'), after: withData('1'), request },
  {
    name: 'volume exchanged for another',
    before: withData('1'),
    after: desired([service({ container: { ...version('1'), volumes: [volumeMount('other')] } })], {
      volumes: [volume('other')],
    }),
    request,
  },
  {
    name: 'orphan removed',
    before: desired([service(), service({ name: 'old' })]),
    after: desired([service()]),
    request: up({ removeOrphans: true }),
    alwaysUp,
  },
  {
    name: 'service renamed',
    before: desired([service({ name: 'old', container: version('1') })]),
    after: desired([service({ container: version('1') })]),
    request: up({ removeOrphans: true }),
  },
  { name: 'what was stopped behind our back', before: blog('1'), after: blog('1'), meddle: stopAll, request },
  { name: 'down', before: blog('1'), after: blog('1'), request: down() },
  {
    name: 'down with its volumes',
    before: blog('1'),
    after: blog('1'),
    request: down({ removeVolumes: true }),
    losesData: true,
  },
  { name: 'hooks, down', before: hooked('1'), after: hooked('1'), request: down() },
  { name: 'stop', before: blog('1'), after: blog('1'), request: lifecycle('stop'), state: 'exited' },
  { name: 'hooks, stop', before: hooked('1'), after: hooked('1'), request: lifecycle('stop'), state: 'exited' },
  { name: 'start', before: replicas(3, '1'), after: replicas(3, '1'), meddle: stopAll, request: lifecycle('start') },
  {
    name: 'hooks, start',
    before: hooked('1'),
    after: hooked('1'),
    meddle: stopAll,
    request: lifecycle('start'),
    forgetsHooks: true,
  },
  {
    name: 'restart',
    before: replicas(2, '1'),
    after: replicas(2, '1'),
    request: lifecycle('restart'),
    again: /^restart-container/,
  },
];
