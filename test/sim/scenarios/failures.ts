import { desired, port, service, up, updatePolicy } from '../../support/builders.ts';
import type { Scenario } from '../scenario.ts';
import { hooked, oneBad, plain, tunnelled, version, withData, withPort } from '../stacks.ts';

const request = up();
const alwaysUp = ['web'];
const bad = ['web'];

/** Three replicas of which the second fails, and how the update was to go on: the versions in the end. */
const afterwards = (second: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(second.map((text, index) => [`app-web-${index + 1}`, text]));

/** Updates to a version that does not work. */
export const failures: readonly Scenario[] = [
  {
    name: 'bad update start-first, exits',
    before: plain('1'),
    after: plain('2', 'exits'),
    request,
    alwaysUp,
    bad,
  },
  {
    name: 'bad update start-first, refuses',
    before: plain('1'),
    after: plain('2', 'refuses'),
    request,
    alwaysUp,
    bad,
  },
  { name: 'bad update stop-first, unhealthy', before: withPort('1'), after: withPort('2', 'unhealthy'), request, bad },
  { name: 'bad update stop-first, refuses', before: withData('1'), after: withData('2', 'refuses'), request, bad },
  { name: 'bad rolling update, rolled back', before: oneBad('1'), after: oneBad('2'), request, alwaysUp, bad },
  {
    name: 'bad rolling update with delay and monitor, rolled back',
    before: oneBad('1'),
    after: oneBad('2', { delayMs: 5000, monitorMs: 3000 }),
    request,
    alwaysUp,
    bad,
  },
  {
    name: 'bad rolling update that pauses',
    before: oneBad('1'),
    after: oneBad('2', { failureAction: 'pause' }),
    versions: afterwards(['2', '1', '1']),
    request,
    alwaysUp,
    bad,
  },
  {
    name: 'bad rolling update that continues',
    before: oneBad('1'),
    after: oneBad('2', { failureAction: 'continue' }),
    versions: afterwards(['2', '1', '2']),
    request,
    alwaysUp,
    bad,
  },
  {
    name: 'bad rolling update within its failure ratio',
    before: oneBad('1'),
    after: oneBad('2', { maxFailureRatio: 0.4, failureAction: 'pause' }),
    versions: afterwards(['2', '1', '2']),
    request,
    alwaysUp,
    bad,
  },
  {
    name: 'bad update that dies while it is watched',
    before: plain('1'),
    after: desired([service({ update: updatePolicy({ monitorMs: 10_000 }), container: version('2', 'exits late') })]),
    request,
    alwaysUp,
    bad,
  },
  {
    name: 'bad update stop-first, hooks',
    before: hooked('1', { ports: [port(8080)] }),
    after: hooked('2', { behaviour: 'bad hook', ports: [port(8080)] }),
    request,
    bad,
  },
  {
    name: 'bad update start-first, hooks',
    before: hooked('1'),
    after: hooked('2', { behaviour: 'bad hook' }),
    request,
    alwaysUp,
    bad,
  },
  {
    name: 'bad update of what shares a network',
    before: tunnelled('1', 'network'),
    after: tunnelled('2', 'network', 'exits'),
    request,
    alwaysUp: ['tunnel'],
    bad,
    // The old container, which cannot start again, the one that failed, and the old version made anew.
    crowd: 3,
  },
  {
    name: 'bad update of what shares an ipc namespace',
    before: tunnelled('1', 'ipc'),
    after: tunnelled('2', 'ipc', 'refuses'),
    request,
    bad,
    crowd: 3,
  },
];
