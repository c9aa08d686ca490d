import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Desired, DesiredService } from '../../../src/model/desired.ts';
import { engineName } from '../../../src/model/id.ts';
import { loneMember } from '../../../src/model/inventory.ts';
import type { ObservedContainer, ObservedEngine } from '../../../src/model/observed.ts';
import { gatherFleet } from '../../../src/plan/fleet.ts';
import { placeServices } from '../../../src/plan/placement/place.ts';
import type { Placements, Placing } from '../../../src/plan/placement/words.ts';
import { container, desired, engine, idOf, info, port, service, stack } from '../../support/builders.ts';

const gigabyte = 1e9;
const zones = ['east', 'west'] as const;
const names = ['a', 'b', 'c', 'd'] as const;

const anyEngine = (name: string): fc.Arbitrary<ObservedEngine> =>
  fc
    .record({
      zone: fc.constantFrom(undefined, ...zones),
      availability: fc.constantFrom('active' as const, 'active' as const, 'active' as const, 'pause' as const),
      memory: fc.integer({ min: 0, max: 4 }),
    })
    .map(({ zone, availability, memory }) =>
      engine({
        name: engineName(name),
        info: info({ hostname: name }),
        member: {
          ...loneMember,
          availability,
          labels: zone === undefined ? [] : [['zone', zone]],
          memoryBytes: memory * gigabyte,
        },
      }),
    );

const anyService = (name: string): fc.Arbitrary<DesiredService> =>
  fc
    .record({
      replicas: fc.integer({ min: 0, max: 6 }),
      zone: fc.constantFrom(undefined, undefined, ...zones),
      limit: fc.constantFrom(undefined, 1, 2),
      memory: fc.constantFrom(0, 0, 1, 2),
      isSpread: fc.boolean(),
      hasPort: fc.boolean(),
    })
    .map((it) =>
      service({
        name,
        replicas: it.replicas,
        container: { ports: it.hasPort ? [{ ...port(8000), mode: 'host' }] : [] },
        placement: {
          mode: 'replicated',
          constraints: it.zone === undefined ? [] : [{ key: 'node.labels.zone', operator: '==', value: it.zone }],
          preferences: it.isSpread ? ['node.labels.zone'] : [],
          maxReplicasPerNode: it.limit,
          reserved: it.memory > 0 ? { cpuNanos: 0, memoryBytes: it.memory * gigabyte } : undefined,
        },
      }),
    );

const anyFleet = fc.tuple(...names.map(anyEngine)).chain((all) => fc.subarray([...all], { minLength: 2 }));
const anyStack = fc.tuple(anyService('db'), anyService('web')).map((services) => desired(services));

/** Places everything on these engines. */
const place = (wanted: Desired, engines: readonly ObservedEngine[], options: Partial<Placing> = {}): Placements =>
  placeServices({
    stack,
    desired: wanted,
    observed: { engines },
    fleet: gatherFleet({ engines }),
    services: wanted.services,
    rebalance: false,
    leaveDataBehind: false,
    ...options,
  });

const placesOf = ({ assignments }: Placements): readonly string[] =>
  [...assignments].flatMap(([name, slots]) => slots.map((it) => `${name}/${it.slot} on ${it.engine.name}`));

/** The engines with what was assigned running on them. */
function inhabit(engines: readonly ObservedEngine[], { assignments }: Placements): readonly ObservedEngine[] {
  return engines.map((it) => ({
    ...it,
    containers: [...assignments].flatMap(([name, slots]) =>
      slots.filter((slot) => slot.engine.name === it.name).map(({ slot }) => replica(name, slot, it.name)),
    ),
  }));
}

const replica = (name: string, slot: number, on: string): ObservedContainer =>
  container({ service: name, slot, id: idOf(`${on}${name}${slot}`) });

test('equal input gives equal places, in whatever order the engines answer', () => {
  fc.assert(
    fc.property(anyStack, anyFleet, (wanted, engines) => {
      expect(placesOf(place(wanted, engines))).toEqual(placesOf(place(wanted, engines.toReversed())));
    }),
  );
});

test('constraints, limits, host ports and reservations are never broken', () => {
  fc.assert(
    fc.property(anyStack, anyFleet, (wanted, engines) => {
      const { assignments } = place(wanted, engines);
      for (const it of engines) {
        const here = wanted.services.flatMap((asked) =>
          (assignments.get(asked.name) ?? []).filter((slot) => slot.engine.name === it.name).map(() => asked),
        );
        const reserved = here.reduce((sum, { placement }) => sum + (placement.reserved?.memoryBytes ?? 0), 0);
        expect(reserved).toBeLessThanOrEqual(it.member?.memoryBytes ?? 0);
        expect(here.filter((asked) => asked.container.ports.length > 0).length).toBeLessThanOrEqual(1);
        expect(here.length === 0 || it.member?.availability === 'active').toBe(true);
        for (const { name, placement } of here) {
          const count = here.filter((asked) => asked.name === name).length;
          expect(count).toBeLessThanOrEqual(placement.maxReplicasPerNode ?? count);
          const zone = it.member?.labels.find(([label]) => label === 'zone')?.[1];
          for (const { value } of placement.constraints) expect(zone).toBe(value);
        }
      }
    }),
  );
});

test('every replica has one place, or the service is refused', () => {
  fc.assert(
    fc.property(anyStack, anyFleet, (wanted, engines) => {
      const { assignments, refusals } = place(wanted, engines);
      for (const { name, replicas } of wanted.services) {
        const slots = (assignments.get(name) ?? []).map(({ slot }) => slot);
        const isRefused = refusals.some(({ address }) => address === `service/${name}`);
        expect(new Set(slots).size).toBe(slots.length);
        expect(slots.length === replicas).toBe(!isRefused);
      }
    }),
  );
});

test('nobody moves without a rule: what runs stays, also when an engine comes, or replicas are added', () => {
  fc.assert(
    fc.property(anyStack, anyFleet, anyEngine('e'), fc.integer({ min: 0, max: 3 }), (wanted, engines, other, more) => {
      const before = place(wanted, engines);
      const larger = { ...wanted, services: wanted.services.map((it) => ({ ...it, replicas: it.replicas + more })) };
      const after = place(larger, [...inhabit(engines, before), other]);

      expect(placesOf(after)).toEqual(expect.arrayContaining([...placesOf(before)]));
    }),
  );
});

test('rebalancing moves no more than it takes to even out, and a second time nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }), (replicas, occupied) => {
      const engines = names.map((name) => engine({ name: engineName(name), info: info({ hostname: name }) }));
      const wanted = desired([service({ replicas })]);
      const before = place(wanted, engines.slice(0, occupied));
      const standing = inhabit(engines, before);
      const after = place(wanted, standing, { rebalance: true });
      const counts = names.map((name) => placesOf(after).filter((line) => line.endsWith(` on ${name}`)).length);
      const moved = placesOf(after).filter((line) => !placesOf(before).includes(line)).length;
      const room = Math.floor(replicas / names.length);
      const least = names
        .slice(occupied)
        .reduce((sum, _, index) => sum + room + Number(occupied + index < replicas % names.length), 0);

      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(moved).toBe(least);
      expect(placesOf(place(wanted, inhabit(engines, after), { rebalance: true }))).toEqual(placesOf(after));
    }),
  );
});

test('whatever the rules are, rebalancing ends, and again moves nothing', () => {
  fc.assert(
    fc.property(anyStack, anyFleet, anyEngine('e'), (wanted, engines, other) => {
      const before = place(wanted, engines);
      fc.pre(before.refusals.length === 0);
      const all = [...inhabit(engines, before), other];
      const after = place(wanted, all, { rebalance: true });
      const again = place(wanted, inhabit(all, after), { rebalance: true });

      expect(placesOf(again)).toEqual(placesOf(after));
    }),
  );
});
