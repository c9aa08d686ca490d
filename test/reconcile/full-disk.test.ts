import { expect, test } from 'vitest';

import type { Desired } from '../../src/model/desired.ts';
import { desired, port, service, up } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { memoryEngine } from '../support/memory-engine.ts';
import { run } from '../support/run.ts';

const publishing = (version: string): Desired =>
  desired([service({ container: { environment: [['VERSION', version]], ports: [port(8080)] } })]);

test('a disk that fills up before an old container is stopped leaves it serving', async () => {
  const { connect, world } = memoryEngine({ clock: virtualClock(), images: ['nginx:1.27'] });
  await run({ desired: publishing('1'), request: up(), connections: [connect()] });
  const connection = connect();
  const { outcome, plans } = await run({
    desired: publishing('2'),
    request: up(),
    connections: [connection],
    onEvent: (event) => {
      if (event.type === 'step-done' && event.step.operation.kind === 'create-container') world.isFull = true;
    },
  });

  expect(plans[0]?.steps.some(({ operation }) => operation.kind === 'stop-container')).toBe(true);
  expect(connection.calls.filter((call) => call.startsWith('stop'))).toEqual([]);
  expect(outcome).toMatchObject({ kind: 'failed', failures: [{ code: 'no-space' }] });
  expect([...world.containers.values()].map(({ name, state }) => `${name} ${state}`)).toEqual(['app-web-1 running']);
});
