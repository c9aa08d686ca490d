import { describe, expect, test } from 'vitest';

import { engineName } from '../../../../src/model/id.ts';
import { type EngineMember, loneMember } from '../../../../src/model/inventory.ts';
import type { ObservedEngine } from '../../../../src/model/observed.ts';
import {
  attachment,
  container,
  dependency,
  desired,
  engine,
  idOf,
  info,
  madeNetwork,
  observed,
  service,
  updatePolicy,
} from '../../../support/builders.ts';
import { planText } from '../../planning.ts';

const on = (
  name: string,
  overrides: Partial<ObservedEngine> = {},
  member: Partial<EngineMember> = {},
): ObservedEngine =>
  engine({
    name: engineName(name),
    info: info({ hostname: name }),
    member: { ...loneMember, ...member },
    networks: [madeNetwork()],
    ...overrides,
  });
const old = container();
const drained = on('a', { containers: [old] }, { availability: 'drain' });

describe('a replica on a drained engine', () => {
  test('is made and proven elsewhere before it is stopped', () => {
    expect(planText({ desired: desired([service()]), observed: observed(drained, on('b')) })).toMatchInlineSnapshot(`
      "
      #0 b create-container service/web/1: moves from a; on b: the only one that can have it; a: it is drained
      #1 (0) b start-container service/web/1: moves from a
      #2 (1) b wait-container service/web/1: moves from a
      #3 (2) a stop-container service/web/1: runs on engine b
      #4 (3) a remove-container service/web/1: runs on engine b
      "
    `);
  });

  test('is stopped first where the file says so, once the other one is made', () => {
    const wanted = desired([service({ update: updatePolicy({ order: 'stop-first' }) })]);

    expect(planText({ desired: wanted, observed: observed(drained, on('b')) })).toMatchInlineSnapshot(`
      "
      #0 b create-container service/web/1: moves from a; on b: the only one that can have it; a: it is drained
      #1 (0) a stop-container service/web/1: stopped first: update_config.order is stop-first
      #2 (0,1) b start-container service/web/1: moves from a
      #3 (2) b wait-container service/web/1: moves from a
      #4 (3) a remove-container service/web/1: runs on engine b
      "
    `);
  });

  test('is stopped first where old and new would have one address', () => {
    const network = { kind: 'networks' as const, attachments: [attachment('default', { ipv4Address: '10.1.0.9' })] };
    const text = planText({
      desired: desired([service({ container: { network } })]),
      observed: observed(drained, on('b')),
    });

    expect(text).toMatch('a stop-container service/web/1: stopped first: old and new share address 10.1.0.9');
  });

  test('goes on where the one elsewhere failed, which goes', () => {
    const candidate = container({ id: idOf('candidate'), state: 'exited' });
    const planning = {
      desired: desired([service()]),
      observed: observed(drained, on('b', { containers: [candidate] })),
      history: {
        failed: new Map([[candidate.id, 'exited with code 1']]),
        givenUp: [{ engine: engineName('b'), address: 'service/web/1', kind: 'wait-container', reason: '' }] as const,
      },
    };

    expect(planText(planning)).toMatchInlineSnapshot(`
      "
      #0 b remove-container service/web/1: exited with code 1
      "
    `);
  });

  test('stays until what the other one waits for has come', () => {
    const ill = container({ service: 'db', name: 'app-db-1', state: 'exited', exitCode: 1 });
    const alone = { network: { kind: 'engine' as const, mode: 'none' } };
    const wanted = desired([
      service({ name: 'db', container: alone }),
      service({ dependsOn: [dependency('db')], container: alone }),
    ]);
    const planning = {
      desired: wanted,
      observed: observed(drained, on('b', { containers: [ill] })),
      history: {
        failed: new Map([[ill.id, 'exited with code 1']]),
        givenUp: [{ engine: engineName('b'), address: 'service/db/1', kind: 'start-container', reason: '' }] as const,
      },
    };

    expect(planText(planning)).not.toMatch(/a (stop|remove)-container service\/web/);
  });
});

test('a container whose replica serves where it belongs goes before anything else', () => {
  const back = container({ id: idOf('back'), createdAt: '2025-12-31T00:00:00Z' });
  const engines = [on('a', { containers: [old] }), on('b', { containers: [back] })];

  expect(
    planText({ desired: desired([service({ replicas: 2 })]), observed: observed(...engines) }),
  ).toMatchInlineSnapshot(`
    "
    #0 b stop-container service/web/1: app-web-1 serves in its place on a
    #1 (0) b remove-container service/web/1: app-web-1 serves in its place on a
    #2 b create-container service/web/2: no container; on b: fewest replicas
    #3 (2) b start-container service/web/2: no container
    "
  `);
});
