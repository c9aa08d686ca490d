import type { Desired } from '../../../src/model/desired.ts';
import { desired, down, healthcheck, rollback, service, up, volumeMount } from '../../support/builders.ts';
import type { Scenario } from '../scenario.ts';
import { plain, replicas, version } from '../stacks.ts';

const request = up();
const alwaysUp = ['web'];
const two = ['alpha', 'beta'];
const three = ['alpha', 'beta', 'gamma'];

/** A replica on every engine. */
const everywhere = (text: string): Desired =>
  desired([
    service({
      placement: { ...service().placement, mode: 'global' },
      container: version(text),
    }),
  ]);

/** Data on one engine, which pins what has it, beside replicas that may be anywhere. */
const pinned = (text: string): Desired =>
  desired([
    service({
      name: 'db',
      container: {
        ...version(text),
        healthcheck: healthcheck(),
        volumes: [volumeMount('data')],
        network: { kind: 'engine', mode: 'none' },
      },
    }),
    service({ replicas: 3, container: { ...version(text), network: { kind: 'engine', mode: 'none' } } }),
  ]);

/** Changes of a stack whose replicas stand on two and three engines. */
export const several: readonly Scenario[] = [
  { name: 'fresh on two engines', engines: two, before: undefined, after: replicas(3, '1'), request },
  { name: 'fresh on three engines', engines: three, before: undefined, after: replicas(4, '1'), request },
  { name: 'fresh, one of two engines is needed', engines: two, before: undefined, after: plain('1'), request },
  {
    name: 'rolling update over two engines',
    engines: two,
    before: replicas(3, '1'),
    after: replicas(3, '2'),
    request,
    alwaysUp,
  },
  {
    name: 'rolling update over three engines, all at once',
    engines: three,
    before: replicas(4, '1'),
    after: replicas(4, '2', { parallelism: 0 }),
    request,
    alwaysUp,
  },
  {
    name: 'update of data and what stands beside it',
    engines: two,
    before: pinned('1'),
    after: pinned('2'),
    request,
    alwaysUp,
  },
  {
    name: 'scale up over two engines',
    engines: two,
    before: replicas(1, '1'),
    after: replicas(4, '1'),
    request,
    alwaysUp,
  },
  {
    name: 'scale down over two engines',
    engines: two,
    before: replicas(4, '1'),
    after: replicas(2, '1'),
    request,
    alwaysUp,
  },
  {
    name: 'one on every engine, updated',
    engines: three,
    before: everywhere('1'),
    after: everywhere('2'),
    replicas: { web: 3 },
    request,
    alwaysUp,
  },
  {
    name: 'rollback over two engines',
    engines: two,
    earlier: replicas(3, '1'),
    before: replicas(3, '2'),
    after: replicas(3, '2'),
    end: replicas(3, '1'),
    request: rollback(),
    alwaysUp,
  },
  { name: 'down of two engines', engines: two, before: replicas(3, '1'), after: replicas(3, '1'), request: down() },
];
