import { describe, expect, test } from 'vitest';

import type { Hook } from '../../src/model/container.ts';
import { emptyHistory } from '../../src/model/request.ts';
import {
  container,
  dependency,
  desired,
  down,
  healthcheck,
  idOf,
  lifecycle,
  madeNetwork,
  service,
  spec,
  up,
} from '../support/builders.ts';
import { planned, planText } from './planning.ts';

const hook = (...command: readonly string[]): Hook => ({
  command,
  user: undefined,
  privileged: false,
  workingDir: undefined,
  environment: [],
});

const postStart = [hook('warm'), hook('register')];
const preStop = [hook('drain')];
const hooked = { postStart, preStop };
const networks = [madeNetwork()];
const web = service({ container: hooked });
const running = container({ spec: spec(hooked) });

describe('post_start', () => {
  test('hooks run one after the other, before the name is given and before dependents start', () => {
    const stack = desired([
      service({ name: 'db', container: { postStart } }),
      service({ name: 'web', dependsOn: [dependency('db')] }),
    ]);

    expect(planText({ desired: stack, engine: { networks } })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/db/1: no container
      #1 (0) alpha start-container service/db/1: no container
      #2 (1) alpha run-post-start service/db/1: no container
      #3 (2) alpha run-post-start service/db/1: no container
      #4 (3) alpha rename-container service/db/1: no container
      #5 alpha create-container service/web/1: no container
      #6 (3,5) alpha start-container service/web/1: no container
      "
    `);
  });

  test('hooks run before the gate of an update', () => {
    const old = container({ spec: spec({ environment: [['A', '1']] }) });

    expect(
      planText({ desired: desired([service({ container: { postStart } })]), engine: { networks, containers: [old] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      #1 (0) alpha start-container service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      #2 (1) alpha run-post-start service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      #3 (2) alpha run-post-start service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      #4 (3) alpha wait-container service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      #5 (4) alpha rename-container service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      #6 (5) alpha rename-container service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      #7 (6) alpha stop-container service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      #8 (7) alpha remove-container service/web/1: environment.A: "1" → unset; post_start: [] → [["warm"],["register"]]
      "
    `);
  });

  test('a stopped container lays its name down until the hooks have run', () => {
    const stopped = { ...running, state: 'exited' as const };

    expect(planText({ desired: desired([web]), engine: { networks, containers: [stopped] } })).toMatchInlineSnapshot(`
      "
      #0 alpha rename-container service/web/1: the container exited with code 0
      #1 (0) alpha start-container service/web/1: the container exited with code 0
      #2 (1) alpha run-post-start service/web/1: the container exited with code 0
      #3 (2) alpha run-post-start service/web/1: the container exited with code 0
      #4 (3) alpha rename-container service/web/1: the container exited with code 0
      "
    `);
  });

  test('a running container without its name, which a killed run left, gets its hooks and then its name', () => {
    const left = { ...running, name: 'app-web-1.next-12345678' };

    expect(planText({ desired: desired([web]), engine: { networks, containers: [left] } })).toMatchInlineSnapshot(`
      "
      #0 alpha run-post-start service/web/1: its post_start hooks have not run
      #1 (0) alpha run-post-start service/web/1: its post_start hooks have not run
      #2 (1) alpha rename-container service/web/1: named app-web-1.next-12345678
      "
    `);
  });

  test('what this run has done is not done again', () => {
    const left = { ...running, name: 'app-web-1.next-12345678' };
    const history = { freshContainers: new Set([left.id]), hooksDone: new Map([[left.id, 1]]) };

    expect(
      planText({ desired: desired([web]), engine: { networks, containers: [left] }, history }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha run-post-start service/web/1: its post_start hooks have not run
      #1 (0) alpha rename-container service/web/1: named app-web-1.next-12345678
      "
    `);
  });

  test('a running container that has its name is left alone', () => {
    expect(planText({ desired: desired([web]), engine: { networks, containers: [running] } })).toBe('\n');
  });

  test('--no-start creates under the canonical name and runs nothing', () => {
    expect(
      planText({ desired: desired([web]), engine: { networks }, request: up({ start: false }) }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/1: no container
      "
    `);
  });

  test('start and restart run them too, without a stack file', () => {
    const stopped = { ...running, state: 'exited' as const };

    expect(
      planText({ desired: undefined, engine: { containers: [stopped] }, request: lifecycle('start') }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha rename-container service/web/1: the container is exited
      #1 (0) alpha start-container service/web/1: the container is exited
      #2 (1) alpha run-post-start service/web/1: the container is exited
      #3 (2) alpha run-post-start service/web/1: the container is exited
      #4 (3) alpha rename-container service/web/1: the container is exited
      "
    `);
    expect(
      planText({ desired: undefined, engine: { containers: [running] }, request: lifecycle('restart') }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha run-pre-stop service/web/1: restart was asked for
      #1 (0) alpha rename-container service/web/1: restart was asked for
      #2 (1) alpha restart-container service/web/1: restart was asked for
      #3 (2) alpha run-post-start service/web/1: restart was asked for
      #4 (3) alpha run-post-start service/web/1: restart was asked for
      #5 (4) alpha rename-container service/web/1: restart was asked for
      "
    `);
  });
});

describe('hooks that a killed start or restart left out', () => {
  const left = { ...running, name: 'app-web-1.next-12345678' };

  test('are run by the next start, which gives the container its name', () => {
    expect(
      planText({ desired: undefined, engine: { containers: [left] }, request: lifecycle('start') }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha run-post-start service/web/1: its post_start hooks have not run
      #1 (0) alpha run-post-start service/web/1: its post_start hooks have not run
      #2 (1) alpha rename-container service/web/1: its post_start hooks have not run
      "
    `);
  });

  test('keep a container from its name as long as another has it', () => {
    const containers = [left, { ...running, id: idOf('other') }];
    expect(planText({ desired: undefined, engine: { containers }, request: lifecycle('start') })).toBe('\n');
  });
});

describe('pre_stop', () => {
  test('down runs the hook that came with the container, also without a stack file', () => {
    expect(planText({ desired: undefined, engine: { containers: [running] }, request: down() })).toMatchInlineSnapshot(`
      "
      #0 alpha run-pre-stop service/web/1: down
      #1 (0) alpha stop-container service/web/1: down
      #2 (1) alpha remove-container service/web/1: down
      "
    `);
  });

  test('a container that does not run gets no hook', () => {
    const stopped = { ...running, state: 'exited' as const };

    expect(planText({ desired: undefined, engine: { containers: [stopped] }, request: down() })).not.toContain('run-');
  });

  test('a container of Docker Compose gets the hook of the stack file', () => {
    const foreign = { ...running, spec: undefined };

    expect(
      planText({ desired: desired([web]), engine: { containers: [foreign] }, request: lifecycle('stop') }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha run-pre-stop service/web/1: stop was asked for
      #1 (0) alpha stop-container service/web/1: stop was asked for
      "
    `);
  });

  test('scaling down and removing orphans run it before the stop', () => {
    const second = container({ name: 'app-web-2', slot: 2, spec: spec(hooked) });
    const orphan = container({ name: 'app-old-1', service: 'old', spec: spec({ preStop }) });

    expect(
      planText({
        desired: desired([web]),
        engine: { networks, containers: [running, second, orphan] },
        request: up({ removeOrphans: true }),
      }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha run-pre-stop service/old/1: the stack file has no such service
      #1 (0) alpha stop-container service/old/1: the stack file has no such service
      #2 (1) alpha remove-container service/old/1: the stack file has no such service
      #3 alpha run-pre-stop service/web/2: scaled to 1
      #4 (3) alpha stop-container service/web/2: scaled to 1
      #5 (4) alpha remove-container service/web/2: scaled to 1
      "
    `);
  });

  test('an update runs the hook of the old container, not the new one', () => {
    const next = service({ container: { healthcheck: healthcheck(), preStop: [hook('drain', 'slowly')] } });
    const { steps } = planned({ desired: desired([next]), engine: { networks, containers: [running] } });

    expect(
      steps.map(({ operation }) => (operation.kind === 'run-pre-stop' ? operation.hook.command : [])),
    ).toContainEqual(['drain']);
  });

  test('where it failed in this run the container is not stopped, and nothing that needs it stopped is done', () => {
    const history = { ...emptyHistory, heldBack: new Set([running.id]) };

    expect(
      planText({ desired: undefined, engine: { networks, containers: [running] }, request: down(), history }),
    ).toBe('\n');
  });

  test('a candidate that failed is stopped without it', () => {
    const history = {
      failed: new Map([[running.id, 'is unhealthy']]),
      heldBack: new Set<typeof running.id>(),
    };

    expect(planText({ desired: undefined, engine: { containers: [running] }, request: down(), history })).not.toContain(
      'run-pre-stop',
    );
  });
});

test('a changed hook makes another container, and says so', () => {
  const { steps } = planned({
    desired: desired([service({ container: { postStart: [hook('warm')], preStop } })]),
    engine: { networks, containers: [running] },
  });

  expect(steps[0]?.operation.reasons).toEqual(['post_start: [["warm"],["register"]] → [["warm"]]']);
});
