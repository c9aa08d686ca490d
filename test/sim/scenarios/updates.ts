import { desired, port, rollback, service, up, updatePolicy } from '../../support/builders.ts';
import { memoryImage } from '../../support/memory-world.ts';
import type { Scenario } from '../scenario.ts';
import {
  anonymous,
  blog,
  hooked,
  plain,
  replicas,
  tunnelled,
  twoNetworks,
  version,
  withData,
  withFile,
  withPort,
} from '../stacks.ts';

const request = up();
const alwaysUp = ['web'];

/** Changes that work: from one version to the next. */
export const updates: readonly Scenario[] = [
  { name: 'recreate start-first', before: plain('1'), after: plain('2'), request, alwaysUp },
  { name: 'recreate stop-first, a port', before: withPort('1'), after: withPort('2'), request },
  { name: 'recreate stop-first, a volume', before: withData('1'), after: withData('2'), request },
  { name: 'recreate with dependencies and a job', before: blog('1'), after: blog('2'), request, alwaysUp },
  {
    name: 'recreate by force',
    before: plain('1'),
    after: plain('1'),
    request: up({ recreate: 'always' }),
    alwaysUp,
  },
  { name: 'recreate with an anonymous volume', before: anonymous('1'), after: anonymous('2'), request },
  {
    name: 'recreate on an old engine',
    before: twoNetworks('1'),
    after: twoNetworks('2'),
    request,
    apiVersion: '1.41',
    alwaysUp,
  },
  {
    name: 'recreate with a fixed name',
    before: desired([service({ containerName: 'shop', container: version('1') })]),
    after: desired([service({ containerName: 'shop', container: version('2') })]),
    request,
  },
  { name: 'rolling update', before: replicas(3, '1'), after: replicas(3, '2'), request, alwaysUp },
  {
    name: 'rolling update, two at a time with a delay',
    before: replicas(4, '1'),
    after: replicas(4, '2', { parallelism: 2, delayMs: 5000 }),
    request,
    alwaysUp,
  },
  {
    name: 'rolling update, all at once and watched',
    before: replicas(3, '1'),
    after: replicas(3, '2', { parallelism: 0, monitorMs: 4000 }),
    request,
    alwaysUp,
  },
  {
    name: 'rolling update stop-first',
    before: replicas(3, '1'),
    after: replicas(3, '2', { order: 'stop-first' }),
    request,
    alwaysUp,
  },
  {
    name: 'recreate what shares a network',
    before: tunnelled('1', 'network'),
    after: tunnelled('2', 'network'),
    request,
  },
  {
    name: 'recreate with a secret',
    before: withFile('secret', '1'),
    after: withFile('secret', '2'),
    request,
    alwaysUp,
  },
  {
    name: 'a config changed, and nothing else',
    before: withFile('config', 'a', '1'),
    after: withFile('config', 'b', '1'),
    request,
    alwaysUp,
  },
  {
    name: 'an image that moved on',
    before: plain('1'),
    after: plain('1'),
    meddle: (world) => void world.registry.set('nginx:1.27', memoryImage('a newer one')),
    request: up({ pull: 'always' }),
    alwaysUp,
    again: /^pull-image/,
  },
  { name: 'hooks, recreate start-first', before: hooked('1'), after: hooked('2'), request, alwaysUp },
  {
    name: 'hooks, recreate stop-first',
    before: hooked('1', { ports: [port(8080)] }),
    after: hooked('2', { ports: [port(8080)] }),
    request,
  },
];

/** Back to the version before. */
export const rollbacks: readonly Scenario[] = [
  {
    name: 'rollback',
    earlier: replicas(3, '1'),
    before: replicas(3, '2'),
    after: replicas(3, '2'),
    end: replicas(3, '1'),
    request: rollback(),
    alwaysUp,
  },
  {
    name: 'rollback stop-first, a port',
    earlier: withPort('1'),
    before: withPort('2'),
    after: withPort('2'),
    end: withPort('1'),
    request: rollback(),
  },
  {
    name: 'rollback with hooks, one after the other',
    earlier: hooked('1', { count: 2 }),
    before: hooked('2', { count: 2 }),
    after: hooked('2', { count: 2 }),
    end: hooked('1', { count: 2 }),
    request: rollback(),
    alwaysUp,
  },
  {
    name: 'rollback of one service of two',
    earlier: desired([service({ container: version('1') }), service({ name: 'api', container: version('1') })]),
    before: desired([service({ container: version('2') }), service({ name: 'api', container: version('2') })]),
    after: desired([service({ container: version('2') }), service({ name: 'api', container: version('2') })]),
    end: desired([service({ container: version('1') }), service({ name: 'api', container: version('2') })]),
    request: rollback({ services: ['web'] }),
    alwaysUp: ['web', 'api'],
  },
  {
    name: 'rollback to a version that does not work any more',
    earlier: plain('1'),
    before: plain('2'),
    after: plain('2'),
    end: plain('2'),
    request: rollback(),
    breaks: '1',
    alwaysUp,
    bad: ['web'],
  },
  {
    name: 'rollback with a policy of its own',
    earlier: replicas(3, '1'),
    before: replicas(3, '2'),
    after: desired([
      service({ replicas: 3, rollback: updatePolicy({ parallelism: 2, delayMs: 3000 }), container: version('2') }),
    ]),
    end: replicas(3, '1'),
    request: rollback(),
    alwaysUp,
  },
];
