import { expect, test } from 'vitest';

import type { FileMount, Mount } from '../../../../src/model/container.ts';
import { container, desired, info, madeNetwork, service } from '../../../support/builders.ts';
import { notices, planned, planText } from '../../planning.ts';

const secret: FileMount = {
  kind: 'secret',
  source: 'key',
  target: '/run/secrets/key',
  delivery: 'bind',
  path: '/work/key.txt',
  digest: 'd1',
  uid: 0,
  gid: 0,
  mode: 0o444,
};
const remote = { info: info({ isLocal: false }), networks: [madeNetwork()] };
const local = { networks: [madeNetwork()] };
const web = service({ container: { files: [secret] } });

test('a secret in a file is copied to an engine on another machine, and bound on this one', () => {
  expect(planText({ desired: desired([web]), engine: remote })).toMatchInlineSnapshot(`
    "
    #0 alpha create-container service/web/1: no container
    #1 (0) alpha write-files service/web/1: no container
    #2 (1) alpha start-container service/web/1: no container
    "
  `);
  const [first] = planned({ desired: desired([web]), engine: remote }).steps;
  expect(first?.operation).toMatchObject({ creation: { copiesFiles: true } });
  expect(planText({ desired: desired([web]), engine: local })).not.toContain('write-files');
});

test('how a secret got there is no difference afterwards', () => {
  const running = container({ spec: web.container });
  for (const engine of [local, remote])
    expect(planText({ desired: desired([web]), engine: { ...engine, containers: [running] } })).toBe('\n');
});

test('a read-only container, into which nothing can be copied, has its secret bound everywhere', () => {
  const { security } = web.container;
  const sealed = service({ container: { files: [secret], security: { ...security, readOnly: true } } });
  expect(planText({ desired: desired([sealed]), engine: remote })).not.toContain('write-files');
});

const bind = (source: string): Mount => ({
  type: 'bind',
  source,
  target: '/x',
  readOnly: false,
  createHostPath: true,
  propagation: undefined,
  selinux: undefined,
  recursive: undefined,
  consistency: undefined,
});

test('a mount of the project’s own files is mentioned where they are on another machine', () => {
  const mounting = (source: string) => desired([service({ container: { volumes: [bind(source)] } })]);
  expect(notices({ desired: mounting('/work/conf'), engine: remote })).toEqual([
    'mount-of-other-machine: engine alpha mounts /work/conf of its own machine, not of this one',
  ]);
  expect(notices({ desired: mounting('/work/conf'), engine: local })).toEqual([]);
  expect(notices({ desired: mounting('/workshop'), engine: remote })).toEqual([]);
});

test('what is the same for every replica is mentioned once', () => {
  const three = desired([service({ replicas: 3, container: { volumes: [bind('/work/conf')] } })]);
  expect(notices({ desired: three, engine: remote })).toHaveLength(1);
});
