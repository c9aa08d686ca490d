import { expect, test } from 'vitest';
import { changesOf } from '../../../src/cli/plan/changes.ts';
import { planJson } from '../../../src/cli/plan/json.ts';
import { planText } from '../../../src/cli/plan/text.ts';
import { containerId, engineName, imageAddress, networkId, replicaAddress } from '../../../src/model/id.ts';
import type { Operation, Plan } from '../../../src/model/plan.ts';

const east = engineName('east');
const id = containerId('c'.repeat(64));
const own = (slot: number, ...reasons: readonly string[]) => ({
  engine: east,
  address: replicaAddress('web', slot),
  reasons,
});
const start = (slot: number): Operation => ({
  kind: 'start-container',
  ...own(slot, 'the container is exited'),
  container: { from: 'observed', id },
});
const remove = (slot: number, ...reasons: readonly string[]): readonly Operation[] => [
  { kind: 'stop-container', ...own(slot, ...reasons), container: id, graceMs: undefined },
  { kind: 'remove-container', ...own(slot, ...reasons), container: id, removeAnonymousVolumes: false },
];
const pull: Operation = {
  kind: 'pull-image',
  engine: east,
  address: imageAddress('nginx'),
  reasons: ['not on engine east'],
  image: 'nginx',
  platform: undefined,
};
const renumber = (name: string): Operation => ({
  kind: 'remove-network',
  engine: east,
  address: `network/${name}`,
  reasons: ['driver: bridge → overlay', 'internal: no → yes'],
  network: networkId('n'.repeat(64)),
  name,
});

const planOf = (...operations: readonly Operation[]): Plan => ({
  steps: operations.map((operation, index) => ({ id: index, operation, after: [] })),
  notices: [],
});

test('each resource has a line, further reasons lines below it, and the count comes last', () => {
  const plan = planOf(pull, renumber('front'), start(1), ...remove(2, 'replicas: 2 → 1'));
  expect(planText(plan, { hasColor: false, hasEngines: false })).toBe(
    [
      '> image/nginx    pull    not on engine east',
      '- network/front  remove  driver: bridge → overlay',
      '                         internal: no → yes',
      '> service/web/1  start   the container is exited',
      '- service/web/2  remove  replicas: 2 → 1',
      '',
      '0 to create, 0 to recreate, 2 to remove, 1 to pull, 1 to start',
      '',
    ].join('\n'),
  );
});

test('the engine is named where there are several', () => {
  const west = engineName('west');
  const text = planText(planOf(start(1), { ...start(1), engine: west }), { hasColor: false, hasEngines: true });
  expect(text.split('\n').slice(0, 2)).toEqual([
    '> service/web/1 on east  start  the container is exited',
    '> service/web/1 on west  start  the container is exited',
  ]);
});

test('colours mark what comes and what goes, and leave reasons alone', () => {
  const [line = ''] = planText(planOf(...remove(1, 'down')), { hasColor: true, hasEngines: false }).split('\n');
  expect(line).toBe('\u001b[31m- service/web/1  remove\u001b[39m  down');
});

test('a reason with control characters cannot act on the terminal', () => {
  expect(planText(planOf(...remove(1, 'a\u001b]0;x\u0007b')), { hasColor: false, hasEngines: false })).not.toMatch(
    /[\u001b\u0007]/,
  );
});

test('a stop before a start of the same container is a restart', () => {
  const [stop] = remove(1, 'x');
  expect(stop && changesOf(planOf(stop, start(1))).map(({ action }) => action)).toEqual(['restart']);
});

test('an image that another engine gives is copied, and the plan says from where', () => {
  const copy: Operation = {
    kind: 'copy-image',
    engine: engineName('east'),
    address: 'image/nginx',
    reasons: ['not on engine east', 'copied from west'],
    image: 'nginx',
    imageId: undefined,
    from: engineName('west'),
    sizeBytes: undefined,
  };
  expect(planText(planOf(copy), { hasColor: false, hasEngines: true })).toBe(
    [
      '> image/nginx on east  copy  not on engine east',
      '                             copied from west',
      '',
      '0 to create, 0 to recreate, 0 to remove, 1 to copy',
      '',
    ].join('\n'),
  );
});

test('the document for programs holds changes and steps, but not what calls carry', () => {
  const document: unknown = JSON.parse(planJson('shop', planOf(pull), []));
  expect(document).toEqual({
    version: 1,
    stack: 'shop',
    summary: { create: 0, recreate: 0, remove: 0, pull: 1 },
    changes: [{ engine: 'east', address: 'image/nginx', action: 'pull', reasons: ['not on engine east'] }],
    steps: [
      {
        id: 0,
        after: [],
        engine: 'east',
        kind: 'pull-image',
        address: 'image/nginx',
        reasons: ['not on engine east'],
      },
    ],
    notices: [],
    locks: [],
  });
});
