import { describe, expect, test } from 'vitest';

import { engineName } from '../../../src/model/id.ts';
import { container, dependency, desired, engine, lifecycle, service } from '../../support/builders.ts';
import { planText, refusals } from '../planning.ts';

const file = desired([service({ name: 'db' }), service({ dependsOn: [dependency('db', { restart: true })] })]);
const containers = [container({ service: 'db' }), container({ dependsOn: ['db'] })];
const exited = containers.map((it) => ({ ...it, state: 'exited' as const }));

test('stop goes against start order, with or without a file', () => {
  const text = planText({ desired: file, engine: { containers }, request: lifecycle('stop') });

  expect(text).toMatchInlineSnapshot(`
    "
    #0 alpha stop-container service/web/1: stop was asked for
    #1 (0) alpha stop-container service/db/1: stop was asked for
    "
  `);
  expect(planText({ desired: undefined, engine: { containers }, request: lifecycle('stop') })).toBe(text);
});

test('stop of what has stopped has nothing to do', () => {
  expect(planText({ desired: file, engine: { containers: exited }, request: lifecycle('stop') })).toBe('\n');
});

test('start goes in start order, and starts each container once a run', () => {
  expect(
    planText({ desired: file, engine: { containers: exited }, request: lifecycle('start') }),
  ).toMatchInlineSnapshot(`
    "
    #0 alpha start-container service/db/1: the container is exited
    #1 (0) alpha start-container service/web/1: the container is exited
    "
  `);
  const history = { freshContainers: new Set(exited.map(({ id }) => id)) };
  expect(planText({ desired: file, engine: { containers: exited }, request: lifecycle('start'), history })).toBe('\n');
});

test('start waits for the conditions of the file', () => {
  const healthy = desired([
    service({ name: 'db' }),
    service({ dependsOn: [dependency('db', { condition: 'healthy' })] }),
  ]);

  expect(
    planText({ desired: healthy, engine: { containers: exited }, request: lifecycle('start') }),
  ).toMatchInlineSnapshot(`
    "
    #0 alpha start-container service/db/1: the container is exited
    #1 (0) alpha wait-container service/db/1: web waits for db
    #2 (1) alpha start-container service/web/1: the container is exited
    "
  `);
});

test('start --wait proves what it starts', () => {
  expect(
    planText({ desired: file, engine: { containers: exited }, request: lifecycle('start', { wait: true }) }),
  ).toMatchInlineSnapshot(`
    "
    #0 alpha start-container service/db/1: the container is exited
    #1 (0) alpha wait-container service/db/1: --wait was asked for
    #2 (1) alpha start-container service/web/1: the container is exited
    #3 (2) alpha wait-container service/web/1: --wait was asked for
    "
  `);
});

describe('restart', () => {
  test('takes along the services that ask for it', () => {
    expect(
      planText({
        desired: file,
        engine: { containers },
        request: lifecycle('restart', { services: ['db'], withDependencies: true }),
      }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha restart-container service/db/1: restart was asked for
      #1 (0) alpha restart-container service/web/1: restart was asked for
      "
    `);
  });

  test('happens once a run', () => {
    const history = { freshContainers: new Set(containers.map(({ id }) => id)) };

    expect(planText({ desired: file, engine: { containers }, request: lifecycle('restart'), history })).toBe('\n');
  });
});

test('services without a container cannot be started', () => {
  expect(refusals({ desired: file, request: lifecycle('start') })).toEqual([
    'impossible no-containers: db, web of stack app have no container to start',
  ]);
});

test('what may be on an engine that does not answer is not said to be nowhere', () => {
  const absent = [{ name: engineName('b'), because: 'connection refused' }];

  expect(
    refusals({ desired: desired([service()]), observed: { engines: [engine()], absent }, request: lifecycle('stop') }),
  ).toEqual(['impossible no-containers: web of stack app has no container to stop on the engines that answer']);
});
