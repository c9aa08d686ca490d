import { describe, expect, test } from 'vitest';
import type { PublishedPort } from '../../../src/model/container.ts';
import type { DesiredService } from '../../../src/model/desired.ts';
import { observeQuery } from '../../../src/plan/query.ts';
import {
  alpha,
  container,
  desired,
  down,
  engine,
  lifecycle,
  port,
  service,
  stack,
  up,
  updatePolicy,
} from '../../support/builders.ts';
import { notices, planned, planText, refusals } from '../planning.ts';
import { alone, balancer, holding, ids, replicas, shared } from './standing.ts';

const changed = { environment: [['A', 'b']] } as const;
const behind = (...slots: readonly number[]) => holding(...replicas(...slots), balancer(ids(...slots)));
/** Whether a plan makes a balancer. */
const isBalanced = (web: DesiredService): boolean =>
  planned({ desired: desired([web]), engine: holding() }).steps.some(({ operation }) => operation.kind === 'balance');

describe('a balancer stands in front of a service', () => {
  test('whose replicas would fight for a port', () => {
    expect(planText({ desired: shared(), engine: holding() })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web.balancer/1: no container
      #1 alpha create-container service/web/1: no container
      #2 (1) alpha start-container service/web/1: no container
      #3 alpha create-container service/web/2: no container
      #4 (3) alpha start-container service/web/2: no container
      #5 alpha create-container service/web/3: no container
      #6 (5) alpha start-container service/web/3: no container
      #7 (0,1,3,5) alpha balance service/web.balancer/1: sends to 3 replicas of web
      #8 (2,4,6,7) alpha start-container service/web.balancer/1: no container
      "
    `);
  });

  test('whose one replica is to be started first at an update', () => {
    const update = updatePolicy({ order: 'start-first' });
    expect(isBalanced(service({ update, container: { ports: [port(8080)] } }))).toBe(true);
  });

  const without: readonly (readonly [string, Parameters<typeof service>[0]])[] = [
    ['with one replica', { container: { ports: [port(8080)] } }],
    [
      'with no replica',
      { replicas: 0, update: updatePolicy({ order: 'start-first' }), container: { ports: [port(8080)] } },
    ],
    ['that publishes nothing', { replicas: 3 }],
    ['whose ports the engine chooses', { replicas: 3, container: { ports: [port(undefined)] } }],
    ['with a range of ports', { replicas: 2, container: { ports: [range(8080, 8081)] } }],
    [
      'that is everywhere',
      { placement: { ...service().placement, mode: 'global' }, container: { ports: [port(8080)] } },
    ],
  ];
  test.each(without)('but not one %s', (_, overrides) => {
    expect(isBalanced(service(overrides))).toBe(false);
  });

  test('once it is there also of one replica, which is not made anew', () => {
    expect(planText({ desired: shared({ replicas: 1 }), engine: behind(1) })).toBe('\n');
  });

  test('unless it may take the port from nobody', () => {
    const request = up({ recreate: 'never' });
    expect(refusals({ desired: shared(), engine: holding(alone()), request })).toEqual([
      'impossible port-shared-by-replicas: 3 replicas of web on one engine cannot all publish host port 8080',
    ]);
  });
});

describe('nobody is sent to a replica that is not proven, or is stopped', () => {
  test('when one becomes three: the port is free for as long as a start takes', () => {
    expect(planText({ desired: shared(), engine: holding(alone()) })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web.balancer/1: no container
      #1 alpha create-container service/web/1: ports: - 8080:80
      #2 (1) alpha start-container service/web/1: ports: - 8080:80
      #3 (2) alpha wait-container service/web/1: ports: - 8080:80
      #4 (0,1,3) alpha balance service/web.balancer/1: sends to 1 replica of web
      #5 (3,4) alpha rename-container service/web/1: ports: - 8080:80
      #6 (5) alpha rename-container service/web/1: ports: - 8080:80
      #7 (6) alpha stop-container service/web/1: ports: - 8080:80
      #8 (4,7) alpha start-container service/web.balancer/1: no container
      #9 (7) alpha remove-container service/web/1: ports: - 8080:80
      #10 alpha create-container service/web/2: no container
      #11 (10) alpha start-container service/web/2: no container
      #12 alpha create-container service/web/3: no container
      #13 (12) alpha start-container service/web/3: no container
      #14 (11) alpha wait-container service/web/2: the load balancer is to send to it
      #15 (13) alpha wait-container service/web/3: the load balancer is to send to it
      #16 (1,8,10,12,14,15) alpha balance service/web.balancer/1: sends to 3 replicas of web
      "
    `);
  });

  test('when there are more', () => {
    expect(planText({ desired: shared({ replicas: 2 }), engine: behind(1) })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/2: no container
      #1 (0) alpha start-container service/web/2: no container
      #2 (1) alpha wait-container service/web/2: the load balancer is to send to it
      #3 (0,2) alpha balance service/web.balancer/1: sends to 2 replicas of web
      "
    `);
  });

  test('when there are fewer', () => {
    expect(planText({ desired: shared({ replicas: 1 }), engine: behind(1, 2, 3) })).toMatchInlineSnapshot(`
      "
      #0 alpha balance service/web.balancer/1: sends to 1 replica of web
      #1 (0) alpha stop-container service/web/3: scaled to 1
      #2 (1) alpha remove-container service/web/3: scaled to 1
      #3 (0) alpha stop-container service/web/2: scaled to 1
      #4 (3) alpha remove-container service/web/2: scaled to 1
      "
    `);
  });

  test('at an update that starts the new one first', () => {
    const update = shared({ replicas: 1, container: changed });
    expect(planText({ desired: update, engine: behind(1) })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/1: environment.A: unset → "b"
      #1 (0) alpha start-container service/web/1: environment.A: unset → "b"
      #2 (1) alpha wait-container service/web/1: environment.A: unset → "b"
      #3 (0,2) alpha balance service/web.balancer/1: sends to 1 replica of web
      #4 (2,3) alpha rename-container service/web/1: environment.A: unset → "b"
      #5 (4) alpha rename-container service/web/1: environment.A: unset → "b"
      #6 (5) alpha stop-container service/web/1: environment.A: unset → "b"
      #7 (6) alpha remove-container service/web/1: environment.A: unset → "b"
      "
    `);
  });

  test('at an update that stops the old one first, as long as there is another', () => {
    const update = updatePolicy({ order: 'stop-first', parallelism: 0 });
    expect(
      planText({ desired: shared({ replicas: 2, update, container: changed }), engine: behind(1, 2) }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/1: environment.A: unset → "b"
      #1 (0) alpha probe-container service/web/1: environment.A: unset → "b"
      #2 (1) alpha balance service/web.balancer/1: sends to 1 replica of web
      #3 (1,2) alpha stop-container service/web/1: environment.A: unset → "b"
      #4 (3) alpha start-container service/web/1: environment.A: unset → "b"
      #5 (4) alpha wait-container service/web/1: environment.A: unset → "b"
      #6 (0,2,5) alpha balance service/web.balancer/1: sends to 2 replicas of web
      #7 (5,6) alpha rename-container service/web/1: environment.A: unset → "b"
      #8 (7) alpha rename-container service/web/1: environment.A: unset → "b"
      #9 (8) alpha remove-container service/web/1: environment.A: unset → "b"
      #10 alpha create-container service/web/2: environment.A: unset → "b"
      #11 (10) alpha probe-container service/web/2: environment.A: unset → "b"
      #12 (0,6,11) alpha balance service/web.balancer/1: sends to 1 replica of web
      #13 (11,12) alpha stop-container service/web/2: environment.A: unset → "b"
      #14 (13) alpha start-container service/web/2: environment.A: unset → "b"
      #15 (14) alpha wait-container service/web/2: environment.A: unset → "b"
      #16 (0,10,12,15) alpha balance service/web.balancer/1: sends to 2 replicas of web
      #17 (15,16) alpha rename-container service/web/2: environment.A: unset → "b"
      #18 (17) alpha rename-container service/web/2: environment.A: unset → "b"
      #19 (18) alpha remove-container service/web/2: environment.A: unset → "b"
      "
    `);
  });

  test('when one is not well', () => {
    const sick = container({ slot: 3, health: 'unhealthy' });
    const standing = holding(...replicas(1, 2), sick, balancer(ids(1, 2, 3)));
    expect(planText({ desired: shared(), engine: standing })).toMatchInlineSnapshot(`
      "
      #0 alpha balance service/web.balancer/1: sends to 2 replicas of web
      "
    `);
  });

  test('of those that failed in this run', () => {
    const [first] = ids(1);
    const failed = new Map(first === undefined ? [] : [[first, 'is unhealthy'] as const]);
    const kinds = planned({ desired: shared({ replicas: 2 }), engine: behind(1, 2), history: { failed } }).steps;
    expect(kinds.map(({ operation }) => operation)).toMatchObject([{ kind: 'balance', servers: [{ id: ids(2)[0] }] }]);
  });
});

describe('a balancer', () => {
  test('of another image is told before it starts', () => {
    const update = { ...shared({ replicas: 1 }), balancerImage: 'nginx:1.27' };
    expect(planText({ desired: update, engine: behind(1) })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web.balancer/1: image: haproxy:3.0-alpine → nginx:1.27
      #1 (0) alpha balance service/web.balancer/1: sends to 1 replica of web
      #2 (1) alpha probe-container service/web.balancer/1: stopped first: old and new share host port 8080/tcp
      #3 (2) alpha stop-container service/web.balancer/1: stopped first: old and new share host port 8080/tcp
      #4 (3) alpha start-container service/web.balancer/1: image: haproxy:3.0-alpine → nginx:1.27
      #5 (4) alpha wait-container service/web.balancer/1: image: haproxy:3.0-alpine → nginx:1.27
      #6 (5) alpha rename-container service/web.balancer/1: image: haproxy:3.0-alpine → nginx:1.27
      #7 (6) alpha rename-container service/web.balancer/1: image: haproxy:3.0-alpine → nginx:1.27
      #8 (7) alpha remove-container service/web.balancer/1: image: haproxy:3.0-alpine → nginx:1.27
      "
    `);
  });

  test('that an earlier run made and did not tell is told and started', () => {
    const made = balancer([], { state: 'created', balancing: undefined, ports: [] });
    expect(
      planText({ desired: shared({ replicas: 1 }), engine: holding(...replicas(1), made) }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha balance service/web.balancer/1: sends to 1 replica of web
      #1 (0) alpha start-container service/web.balancer/1: it does not run
      "
    `);
  });

  test('that could not be told keeps whoever serves', () => {
    const given = { engine: alpha, address: 'service/web.balancer/1', kind: 'balance', reason: 'no' } as const;
    const update = shared({ replicas: 1, container: changed });
    expect(planText({ desired: update, engine: behind(1), history: { givenUp: [given] } })).toBe('\n');
  });

  test('goes before the service publishes its port itself', () => {
    const direct = shared({ replicas: 1, container: { ports: [{ ...port(8080), mode: 'host' }] } });
    expect(planText({ desired: direct, engine: behind(1) })).toMatchInlineSnapshot(`
      "
      #0 alpha stop-container service/web.balancer/1: web publishes no port for it
      #1 (0) alpha remove-container service/web.balancer/1: web publishes no port for it
      #2 alpha create-container service/web/1: ports: + 8080:80
      #3 (1,2) alpha start-container service/web/1: ports: + 8080:80
      #4 (3) alpha wait-container service/web/1: ports: + 8080:80
      #5 (4) alpha rename-container service/web/1: ports: + 8080:80
      #6 (5) alpha rename-container service/web/1: ports: + 8080:80
      #7 (6) alpha stop-container service/web/1: ports: + 8080:80
      #8 (7) alpha remove-container service/web/1: ports: + 8080:80
      "
    `);
    expect(notices({ desired: direct, engine: behind(1) })).toEqual([]);
  });

  test.each([
    ['says so', shared({ replicas: 0 }), up()],
    ['is scaled so', shared(), up({ scale: new Map([['web', 0]]) })],
  ])('goes with the last replica where the service %s', (_, wanted, request) => {
    expect(planText({ desired: wanted, engine: behind(1), request })).toMatchInlineSnapshot(`
      "
      #0 alpha stop-container service/web.balancer/1: web has no replicas
      #1 (0) alpha remove-container service/web.balancer/1: web has no replicas
      #2 (1) alpha stop-container service/web/1: scaled to 0
      #3 (2) alpha remove-container service/web/1: scaled to 0
      "
    `);
  });

  test('goes and stops with its service, before it', () => {
    const kinds = (request: Parameters<typeof planned>[0]['request']): readonly string[] =>
      planned({ desired: shared(), engine: behind(1), ...(request && { request }) }).steps.map(
        ({ operation: { kind, address } }) => `${kind} ${address}`,
      );
    expect(kinds(down({ services: ['web'] }))[0]).toBe('stop-container service/web.balancer/1');
    expect(kinds(lifecycle('stop', { services: ['web'] }))).toEqual([
      'stop-container service/web.balancer/1',
      'stop-container service/web/1',
    ]);
  });

  test('goes with its stack without a stack file', () => {
    const addresses = planned({ desired: undefined, engine: behind(1), request: down() }).steps.map(
      ({ operation }) => operation.address,
    );
    expect(new Set(addresses)).toEqual(new Set(['service/web.balancer/1', 'service/web/1', 'network/default']));
  });

  test('passes on requests, and not connections, where the file says that HTTP is spoken', () => {
    const http = { ...port(8080), appProtocol: 'http' };
    const { steps } = planned({
      desired: shared({ container: { ports: [http, port(8443, 443)] } }),
      engine: holding(),
    });
    expect(steps.find(({ operation }) => operation.kind === 'balance')?.operation).toMatchObject({
      listeners: [
        { port: 80, mode: 'http' },
        { port: 443, mode: 'tcp' },
      ],
    });
  });

  test('is on one network of the service that is not internal, at no fixed address', () => {
    const { steps } = planned({ desired: shared(), engine: holding() });
    const creation = steps.flatMap(({ operation }) =>
      operation.kind === 'create-container' ? operation.creation : [],
    );
    const spec = creation.find(({ service: name }) => name === 'web.balancer')?.spec;
    expect(spec).toMatchObject({
      image: 'haproxy:3.0-alpine',
      labels: [['stack.balances', 'web']],
      ports: [port(8080)],
      security: { capDrop: ['ALL'], securityOpt: ['no-new-privileges:true'] },
      network: { attachments: [{ network: 'default', aliases: [], ipv4Address: undefined }] },
    });
  });

  test('takes the name of no service', () => {
    const clash = desired([...shared().services, service({ name: 'web.balancer' })]);
    expect(refusals({ desired: clash, engine: holding() })).toEqual([
      'impossible balancer-name-taken: service web.balancer has the name that the load balancer of service web takes',
    ]);
  });

  test('is no service that a person names', () => {
    for (const request of [up({ services: ['web.balancer'] }), up({ scale: new Map([['web.balancer', 2]]) })]) {
      expect(refusals({ desired: shared(), engine: behind(1, 2, 3), request })).toEqual([
        'impossible unknown-service: there is no service web.balancer',
      ]);
    }
  });

  test('is asked for on engines only where a service has a port for one', () => {
    expect(observeQuery(stack, shared(), up()).images).toContain('haproxy:3.0-alpine');
    expect(observeQuery(stack, desired([service()]), up()).images).toEqual(['nginx:1.27']);
  });
});

test('what is spoken at a port changes no container', () => {
  const spoken = service({ container: { ports: [{ ...port(8080), appProtocol: 'http' }] } });
  expect(planText({ desired: desired([spoken]), engine: holding(alone()) })).toBe('\n');
});

test('engines of no swarm have a replica each, which publishes the port itself', () => {
  const two = ['a', 'b'].map((name) =>
    engine({ ...holding(), name: name as ReturnType<typeof engine>['name'], networks: [] }),
  );
  const { steps } = planned({ desired: shared({ replicas: 2 }), observed: { engines: two } });
  expect(steps.map(({ operation }) => operation.kind)).not.toContain('balance');
  expect(new Set(steps.map(({ operation }) => operation.engine)).size).toBe(2);
});

function range(from: number, to: number): PublishedPort {
  return { ...port(from), published: { from, to } };
}
