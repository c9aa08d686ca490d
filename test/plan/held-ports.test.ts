import { describe, expect, test } from 'vitest';

import type { PublishedPort } from '../../src/model/container.ts';
import {
  container,
  desired,
  down,
  idOf,
  lifecycle,
  madeNetwork,
  port,
  service,
  spec,
  up,
} from '../support/builders.ts';
import { planText, refusals } from './planning.ts';

const others = (
  ...ports: readonly { readonly published: number; readonly hostIp?: string; readonly protocol?: string }[]
) => ({
  containers: 1,
  cpuNanos: 0,
  memoryBytes: 0,
  ports: ports.map((it) => ({ hostIp: '0.0.0.0', protocol: 'tcp', target: 80, container: 'other-web-1', ...it })),
});

const publishing = (overrides: Partial<PublishedPort>, replicas = 1) =>
  desired([service({ replicas, container: { ports: [{ ...port(8080), ...overrides }] } })]);

const refusal = 'impossible port-held: port 8080/tcp is held by container other-web-1, which is not part of this stack';

describe('a host port that a container outside the stack holds', () => {
  test('is refused before anything is made', () => {
    expect(refusals({ desired: publishing({}), engine: { others: others({ published: 8080 }) } })).toEqual([refusal]);
  });

  test('is refused before an update stops the container that serves', () => {
    const serving = container({ spec: spec({ ports: [port(80)] }) });
    const engine = { containers: [serving], networks: [madeNetwork()], others: others({ published: 8080 }) };
    expect(refusals({ desired: publishing({}), engine })).toEqual([refusal]);
  });

  test('is refused where a stopped container would be started', () => {
    const stopped = container({ state: 'exited', spec: spec({ ports: [port(8080)] }) });
    const engine = { containers: [stopped], networks: [madeNetwork()], others: others({ published: 8080 }) };
    expect(refusals({ desired: undefined, engine, request: lifecycle('start') })).toEqual([refusal]);
  });

  test('is no matter of a container that runs and stays', () => {
    const running = container({ spec: spec({ ports: [port(8080)] }) });
    const engine = {
      containers: [running],
      networks: [madeNetwork()],
      others: others({ published: 8080, hostIp: '10.0.0.1' }),
    };
    expect(planText({ desired: publishing({}), engine })).toBe('\n');
  });

  test('is no matter of a plan that starts nothing', () => {
    const engine = { others: others({ published: 8080 }) };
    expect(planText({ desired: publishing({}), engine, request: up({ start: false }) })).toContain('create-container');
    const held = { ...engine, containers: [container({ spec: spec({ ports: [port(8080)] }) })] };
    expect(planText({ desired: publishing({}), engine: held, request: down() })).toContain('remove-container');
  });

  test('is left to the engine in a run that has begun', () => {
    const created = container({ state: 'created', spec: spec({ ports: [port(8080)] }) });
    const history = { freshContainers: new Set([idOf('app-db-1')]) };
    const engine = { containers: [created], networks: [madeNetwork()], others: others({ published: 8080 }) };
    expect(planText({ desired: publishing({}), engine, history })).toContain('start-container');
  });

  test('is not the container’s own where it lives in the namespace of the host', () => {
    const web = service({ container: { network: { kind: 'engine', mode: 'host' }, ports: [port(8080)] } });
    expect(planText({ desired: desired([web]), engine: { others: others({ published: 8080 }) } })).toContain('start');
  });
});

describe('host addresses', () => {
  const isRefused = (wanted: string | undefined, held: string): boolean =>
    refusals({
      desired: publishing({ hostIp: wanted }),
      engine: { others: others({ published: 8080, hostIp: held }) },
    }).length > 0;

  test.each([
    [undefined, '127.0.0.1', true],
    [undefined, '::', true],
    ['0.0.0.0', '127.0.0.1', true],
    ['127.0.0.1', '0.0.0.0', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.1', '::', false],
    ['::', '0.0.0.0', false],
    ['[::]', '::1', true],
    ['0:0:0:0:0:0:0:0', '::', true],
    ['::1', '::', true],
    ['::1', 'FE80::1', false],
  ])('%s beside %s: in the way is %s', (wanted, held, expected) => {
    expect(isRefused(wanted, held)).toBe(expected);
  });

  test('another protocol is another port', () => {
    const engine = { others: others({ published: 8080, protocol: 'udp' }) };
    expect(planText({ desired: publishing({}), engine })).toContain('start-container');
  });
});

describe('a range of host ports', () => {
  const range = { published: { from: 8080, to: 8082 } };

  test('needs one that is free', () => {
    const engine = { others: others({ published: 8080 }, { published: 8082 }) };
    expect(planText({ desired: publishing(range), engine })).toContain('start-container');
  });

  test('needs one for each replica', () => {
    const engine = { others: others({ published: 8080 }, { published: 8082 }) };
    expect(refusals({ desired: publishing(range, 2), engine })).toEqual([refusal.replace('8080', '8080-8082')]);
  });

  test('that one container holds on two addresses has lost one port', () => {
    const engine = { others: others({ published: 8080 }, { published: 8080, hostIp: '::' }) };
    expect(planText({ desired: publishing(range, 2), engine })).toContain('start-container');
  });
});
