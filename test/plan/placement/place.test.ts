import { describe, expect, test } from 'vitest';

import { engineName } from '../../../src/model/id.ts';
import { loneMember } from '../../../src/model/inventory.ts';
import type { ObservedEngine } from '../../../src/model/observed.ts';
import { container, desired, engine, info, madeNetwork, observed, service } from '../../support/builders.ts';
import { notices, planned, planText, refusals } from '../planning.ts';

const on = (name: string, overrides: Partial<ObservedEngine> = {}): ObservedEngine =>
  engine({
    name: engineName(name),
    networks: [madeNetwork()],
    info: info({ hostname: name, labels: [['disk', name]] }),
    member: { ...loneMember, labels: [['zone', name]] },
    ...overrides,
  });
const placement = (constraint: readonly [string, '==' | '!=', string]) => ({
  ...service().placement,
  constraints: [{ key: constraint[0], operator: constraint[1], value: constraint[2] }],
});
const placesOf = (...[planning]: Parameters<typeof planned>): readonly string[] =>
  planned(planning).steps.flatMap(({ operation }) =>
    operation.kind === 'create-container' ? `${operation.engine} ${operation.address}` : [],
  );

test('replicas spread over the engines, by name where all is equal', () => {
  expect(placesOf({ desired: desired([service({ replicas: 3 })]), observed: observed(on('b'), on('a')) })).toEqual([
    'a service/web/1',
    'b service/web/2',
    'a service/web/3',
  ]);
});

test('a replica stays where it is', () => {
  const planning = {
    desired: desired([service({ replicas: 2 })]),
    observed: observed(on('a'), on('b', { containers: [container()] })),
  };

  expect(placesOf(planning)).toEqual(['a service/web/2']);
});

test('a service goes to the engine with fewest replicas of others', () => {
  const alone = { network: { kind: 'networks' as const, attachments: [] } };
  const two = desired([service({ name: 'a', container: alone }), service({ name: 'b', container: alone })]);

  expect(placesOf({ desired: two, observed: observed(on('a'), on('b')) })).toEqual(['a service/a/1', 'b service/b/1']);
});

describe('constraints', () => {
  test.each([
    [['node.hostname', '==', 'b'], 'b'],
    [['node.hostname', '!=', 'a'], 'b'],
    [['node.labels.zone', '==', 'B'], 'b'],
    [['engine.labels.disk', '==', 'b'], 'b'],
    [['engine.labels.zone', '!=', 'a'], 'a'],
    [['node.platform.arch', '==', 'x86_64'], 'a'],
    [['node.role', '==', 'manager'], 'a'],
  ] as const)('%j chooses %s', (constraint, name) => {
    const planning = {
      desired: desired([service({ placement: placement(constraint) })]),
      observed: observed(on('a'), on('b')),
    };

    expect(placesOf(planning)).toEqual([`${name} service/web/1`]);
  });

  test('that no engine meets are refused with every engine’s reason', () => {
    const nowhere = desired([service({ placement: placement(['node.labels.zone', '==', 'c']) })]);

    expect(refusals({ desired: nowhere, observed: observed(on('a'), on('b')) })).toEqual([
      'impossible no-eligible-engine: no engine may run service web: a: constraint node.labels.zone==c is not met; b: constraint node.labels.zone==c is not met',
    ]);
  });

  test('that a lone engine does not meet are mentioned and passed over', () => {
    const planning = {
      desired: desired([service({ placement: placement(['node.labels.zone', '==', 'c']) })]),
      observed: observed(engine({ networks: [madeNetwork()] })),
    };

    expect(placesOf(planning)).toEqual(['alpha service/web/1']);
    expect(notices(planning)[0]).toMatch(/^placement-ignored: /);
  });
});

test('max_replicas_per_node leaves no room for more', () => {
  const tight = desired([service({ replicas: 3, placement: { ...service().placement, maxReplicasPerNode: 1 } })]);

  expect(refusals({ desired: tight, observed: observed(on('a'), on('b')) })).toEqual([
    'impossible no-eligible-engine: no engine may run replica 3 of service web: a: it has its 1 replica (max_replicas_per_node); b: it has its 1 replica (max_replicas_per_node)',
  ]);
});

test('a global service has one replica on each engine', () => {
  const everywhere = desired([service({ placement: { ...service().placement, mode: 'global' } })]);

  expect(placesOf({ desired: everywhere, observed: observed(on('a'), on('b')) })).toEqual([
    'a service/web/1',
    'b service/web/2',
  ]);
});

test('a replica on an engine that may not have it moves, and goes there once it runs elsewhere', () => {
  const moved = desired([service({ placement: placement(['node.hostname', '==', 'b']) })]);

  expect(
    planText({ desired: moved, observed: observed(on('a', { containers: [container()] }), on('b')) }),
  ).toMatchInlineSnapshot(`
    "
    #0 b create-container service/web/1: moves from a; on b: the only one that can have it; a: constraint node.hostname==b is not met
    #1 (0) b start-container service/web/1: moves from a
    #2 (1) b wait-container service/web/1: moves from a
    #3 (2) a stop-container service/web/1: runs on engine b
    #4 (3) a remove-container service/web/1: runs on engine b
    "
  `);
});
