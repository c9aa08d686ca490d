import type { Desired, UpdatePolicy } from '../../../src/model/desired.ts';
import {
  desired,
  down,
  healthcheck,
  port,
  rollback,
  service,
  up,
  updatePolicy,
  volumeMount,
} from '../../support/builders.ts';
import type { Scenario } from '../scenario.ts';
import { version } from '../stacks.ts';

interface Balanced {
  readonly update?: Partial<UpdatePolicy>;
  readonly behaviour?: string;
  readonly hasData?: true;
}

/** Replicas of one service at one port of the host. */
const web = (count: number, text: string, { update, behaviour, hasData }: Balanced = {}): Desired =>
  desired([
    service({
      replicas: count,
      update: updatePolicy(update),
      container: {
        ...version(text, behaviour),
        ports: [port(8080)],
        healthcheck: healthcheck(),
        volumes: hasData ? [volumeMount('data')] : [],
      },
    }),
  ]);

const request = up();
const balanced = ['web'];
const alwaysUp = ['web', 'web.balancer'];
const startFirst = { update: { order: 'start-first' } } as const;
const atOnce = { update: { parallelism: 0 } } as const;
const stopFirst = { update: { order: 'stop-first' } } as const;

/** Replicas share a port, come, go and are updated behind it. */
export const behindBalancers: readonly Scenario[] = [
  { name: 'balanced, fresh', before: undefined, after: web(3, '1'), request, balanced },
  {
    name: 'balanced, from one to three',
    before: web(1, '1'),
    after: web(3, '1'),
    request,
    balanced,
    alwaysUp: ['web'],
  },
  {
    name: 'balanced, from one with data to two',
    before: web(1, '1', { hasData: true }),
    after: web(2, '1', { hasData: true }),
    request,
    balanced,
  },
  { name: 'balanced, from three to one', before: web(3, '1'), after: web(1, '1'), request, balanced, alwaysUp },
  {
    name: 'balanced, update of one',
    before: web(1, '1', startFirst),
    after: web(1, '2', startFirst),
    request,
    balanced,
    alwaysUp,
  },
  { name: 'balanced, update of three', before: web(3, '1'), after: web(3, '2'), request, balanced, alwaysUp },
  {
    name: 'balanced, update of three at once',
    before: web(3, '1', atOnce),
    after: web(3, '2', atOnce),
    request,
    balanced,
    alwaysUp,
  },
  {
    name: 'balanced, update stop-first',
    before: web(2, '1', stopFirst),
    after: web(2, '2', stopFirst),
    request,
    balanced,
    alwaysUp,
  },
  {
    name: 'balanced, update and scale up',
    before: web(1, '1'),
    after: web(3, '2'),
    request,
    balanced,
    alwaysUp: ['web'],
  },
  { name: 'balanced, update and scale down', before: web(3, '1'), after: web(2, '2'), request, balanced, alwaysUp },
  {
    name: 'balanced, rollback',
    earlier: web(2, '1'),
    before: web(2, '2'),
    after: web(2, '2'),
    end: web(2, '1'),
    request: rollback(),
    balanced,
    alwaysUp,
  },
  {
    name: 'balanced, bad update',
    before: web(3, '1'),
    after: web(3, '2', { behaviour: 'unhealthy' }),
    request,
    bad: ['web'],
    balanced,
    alwaysUp,
  },
  {
    name: 'balanced, another image for the balancer',
    before: web(2, '1'),
    after: { ...web(2, '1'), balancerImage: 'nginx:1.27' },
    request,
    balanced,
    alwaysUp: ['web'],
  },
  {
    name: 'no balancer any more',
    before: web(2, '1'),
    after: desired([service({ container: { ...version('1'), ports: [{ ...port(8080), mode: 'host' }] } })]),
    request,
    alwaysUp: ['web'],
  },
  { name: 'a balancer, down', before: web(3, '1'), after: web(3, '1'), request: down() },
];
