import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

onEachEngine((engine) => {
  test('a service starts after its dependency is healthy, and after a job has completed', async () => {
    const stack = await openStack(engine, {
      'compose.yaml': `
        services:
          web:
            image: stack-test/busybox:1
            command: [sleep, '600']
            stop_grace_period: 0s
            depends_on: {db: {condition: service_healthy}, migrate: {condition: service_completed_successfully}}
          db:
            image: stack-test/busybox:1
            command: [sh, -c, 'sleep 2; touch /ready; sleep 600']
            stop_grace_period: 0s
            healthcheck: {test: test -e /ready, interval: 500ms, retries: 20}
          migrate:
            image: stack-test/busybox:1
            command: [sleep, '1']
            depends_on: {db: {condition: service_healthy}}
      `,
    });
    await stack.ok('up', '-d');
    const at = async (service: string): Promise<{ readonly started: number; readonly finished: number }> => {
      const { State } = await stack.container(service);
      return { started: Date.parse(State.StartedAt), finished: Date.parse(State.FinishedAt) };
    };
    const [db, migrate, web] = [await at('db'), await at('migrate'), await at('web')];
    expect(migrate.started - db.started).toBeGreaterThanOrEqual(2000);
    expect(web.started).toBeGreaterThanOrEqual(migrate.finished);
  });

  test('a job that fails keeps what waits for it from starting', async () => {
    const stack = await openStack(engine, {
      'compose.yaml': `
        services:
          web:
            image: stack-test/busybox:1
            command: [sleep, '600']
            depends_on: {migrate: {condition: service_completed_successfully}}
          migrate: {image: 'stack-test/busybox:1', command: [sh, -c, 'echo no such table; exit 3']}
      `,
    });
    const ran = await stack.run('up', '-d');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('no such table');
    expect((await stack.containers('web')).filter(({ State }) => State.Status === 'running')).toEqual([]);
  });
});
