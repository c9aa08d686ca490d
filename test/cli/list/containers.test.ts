import { expect, test } from 'vitest';
import {
  chooseContainers,
  containerCells,
  containerColumns,
  containerFields,
  containerHeaders,
  lineName,
} from '../../../src/cli/list/containers.ts';
import { renderTable } from '../../../src/cli/text/table.ts';
import { engineName } from '../../../src/model/id.ts';
import type { Observed, ObservedContainer } from '../../../src/model/observed.ts';
import { engineInfo, observedContainer, port } from '../support/containers.ts';

const east = engineName('east');
const today = Date.parse('2026-01-01T02:00:00Z');

function observed(...containers: readonly ObservedContainer[]): Observed {
  const none = { networks: [], volumes: [], images: new Map(), foreignContainerNames: [] };
  return { engines: [{ name: east, info: engineInfo, containers, ...none }] };
}

const web = observedContainer({
  health: 'healthy',
  ports: [port({ target: 80, published: 8080, hostIp: '0.0.0.0' }), port({ target: 443 })],
});
const db = observedContainer({
  name: 'shop-db-1',
  service: 'db',
  image: 'postgres:17',
  command: 'docker-entrypoint.sh postgres',
  state: 'exited',
  exitCode: 137,
  finishedAt: '2026-01-01T01:59:15Z',
});
const job = observedContainer({ name: 'shop-job-run-1', service: 'job', isOneOff: true });
const everything = { services: [], isAll: true, states: [], declared: undefined };

test('the table of ps is the one of Compose', () => {
  const cells = chooseContainers(observed(web, db), everything).map((one) => containerCells(one, today, false));
  expect(renderTable(containerColumns, cells)).toBe(
    [
      'NAME         IMAGE          COMMAND                  SERVICE   CREATED       STATUS                        PORTS',
      'shop-db-1    postgres:17    "docker-entrypoint.s…"   db        2 hours ago   Exited (137) 45 seconds ago',
      'shop-web-1   nginx:alpine   "nginx -g \'daemon of…"   web       2 hours ago   Up 2 hours (healthy)          443/tcp, 0.0.0.0:8080->80/tcp',
      '',
    ].join('\n'),
  );
});

test('--no-trunc shows whole commands', () => {
  expect(containerCells({ engine: east, container: db }, today, true)).toContain('"docker-entrypoint.sh postgres"');
});

test.each([
  ['what runs', { isAll: false }, ['web']],
  ['everything, one-off containers too', {}, ['db', 'job', 'web']],
  ['one service', { services: ['db'] }, ['db']],
  ['some states, whether they run or not', { isAll: false, states: ['exited'] }, ['db']],
  ['declared services', { declared: ['web'] }, ['web']],
])('ps shows %s', (_, choice, services) => {
  const chosen = chooseContainers(observed(web, db, job), { ...everything, ...choice });
  expect(chosen.map(({ container }) => container.service)).toEqual(services);
});

test('every field of a row has a title for tables', () => {
  const fields = containerFields({ engine: east, container: web }, 'shop', today);
  expect(Object.keys(fields).toSorted()).toEqual([...containerHeaders.keys()].toSorted());
});

test('the label that records a specification is not printed among the others', () => {
  const labels = [
    ['tier', 'front'],
    ['stack.spec', '{"image":"nginx","command":[]}'],
    ['stack.schema', '1'],
  ] as const;
  const { Labels } = containerFields({ engine: east, container: { ...web, labels } }, 'shop', today);
  expect(Labels).toBe('tier=front,stack.schema=1');
});

test.each([
  ['without the name of the stack', web, false, 'web-1'],
  ['with the engine where there are several', web, true, 'web-1 on east'],
  ['a name of its own as it is', { ...web, name: 'frontend' }, false, 'frontend'],
])('lines of output begin with the container: %s', (_, container, hasEngines, name) => {
  expect(lineName({ engine: east, container }, 'shop', hasEngines)).toBe(name);
});
