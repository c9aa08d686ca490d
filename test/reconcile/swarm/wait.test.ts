import { expect, test } from 'vitest';
import type { SwarmLook } from '../../../src/engine/swarm/port.ts';
import type { OperationOf } from '../../../src/model/plan.ts';
import type { SwarmTask } from '../../../src/model/swarm.ts';
import { ConvergenceError, waitForService } from '../../../src/reconcile/swarm/wait.ts';
import { made, swarm, task, wanted } from '../../plan/swarm/builders.ts';
import { alpha, desired as desiredOf } from '../../support/builders.ts';
import { virtualClock } from '../../support/clock.ts';

const web = wanted();
const service = made(web, desiredOf([web]));

/** Shows these looks one after the other, a moment apart, the last for ever. Gives how long the wait took, or why it ended. */
async function outcome(
  looks: readonly Partial<SwarmLook>[],
  operation: Partial<OperationOf<'wait-swarm-service'>> = {},
): Promise<string> {
  const clock = virtualClock();
  let turn = 0;
  const signal = new AbortController().signal;
  const watcher = {
    next: async (): Promise<SwarmLook> => {
      await clock.sleep(turn === 0 ? 1 : 400, signal);
      const look = looks[Math.min(turn, looks.length - 1)];
      turn += 1;
      return { ...swarm({ services: [service] }), ...look };
    },
  };
  const waiting = {
    kind: 'wait-swarm-service',
    engine: alpha,
    address: 'service/web',
    reasons: [],
    name: 'app_web',
    serviceId: 'id-web',
    until: 'running',
    deadlineMs: 60_000,
    ...operation,
  } as const;
  try {
    await waitForService({ engine: alpha, operation: waiting, watcher, clock, signal, report: () => undefined });
    return `after ${Math.round(clock.now() / 100) / 10}s`;
  } catch (error) {
    if (!(error instanceof ConvergenceError)) throw error;
    return error.message;
  }
}

const ended = (id: string, overrides: Partial<SwarmTask> = {}): SwarmTask =>
  task({ id, state: 'failed', desiredState: 'shutdown', exitCode: 3, createdAt: id, ...overrides });
const coming = task({ id: 'z', state: 'ready', desiredState: 'ready', createdAt: 'z' });

test('a task without a healthcheck has to stay for two seconds', async () => {
  expect(await outcome([{ tasks: [] }, { tasks: [task()] }])).toBe('after 2.4s');
});

test('a task that was replaced meanwhile begins anew', async () => {
  expect(await outcome([{ tasks: [task()] }, { tasks: [task({ id: 'other' })] }])).toBe('after 2.4s');
});

test('an update that the swarm has watched over needs no more proof', async () => {
  expect(await outcome([{ services: [{ ...service, updateState: 'completed' }], tasks: [task()] }])).toBe('after 0s');
});

test('that the swarm went back is a failure of an update, with what the task said', async () => {
  const back = { services: [{ ...service, updateState: 'rollback_completed' as const }] };
  const tasks = [task(), ended('a', { error: 'task: non-zero exit (3)' })];
  expect(await outcome([{ ...back, tasks }])).toBe(
    'the update failed and the swarm went back to the version before: task: non-zero exit (3)',
  );
  expect(await outcome([{ ...back, tasks }], { until: 'rolled-back' })).toBe('after 2s');
});

test('what made the swarm go back is a task of the version that it left', async () => {
  const services = [{ ...service, updateState: 'rollback_completed' as const }];
  const earlier = ended('z', { error: 'of the version before' });
  const left = ended('a', { state: 'complete', exitCode: 0, version: 'v2#0#0' });
  expect(await outcome([{ services, tasks: [task(), earlier, left] }])).toBe(
    'the update failed and the swarm went back to the version before: its task ends with code 0',
  );
});

test('that the swarm went back is told once the version before runs again', async () => {
  const back = { services: [{ ...service, updateState: 'rollback_completed' as const }] };
  const failed = ended('a', { error: 'broken' });
  const looks = [
    { ...back, tasks: [failed] },
    { ...back, tasks: [failed, task()] },
  ];
  expect(await outcome(looks)).toContain('went back to the version before: broken');
  expect(await outcome([{ ...back, tasks: [failed] }])).toContain('went back to the version before: broken');
});

test('a task that fails three times is not coming up', async () => {
  const looks = [{ tasks: [] }, { tasks: [ended('a'), coming] }, { tasks: [ended('a'), ended('b'), coming] }];
  const last = { tasks: [ended('a'), ended('b'), ended('c'), coming] };
  expect(await outcome([...looks, last])).toBe('web.1 does not stay up: 3 times it exited with code 3');
});

test('what failed before the wait began does not count: it may be mended by now', async () => {
  const earlier = [ended('a'), ended('b'), ended('c')];
  expect(await outcome([{ tasks: [...earlier, coming] }, { tasks: [...earlier, task({ id: 'z' })] }])).toBe(
    'after 2.4s',
  );
});

test('a service of one task a node that has no node is told after fifteen seconds', async () => {
  const everywhere = { ...service, mode: { kind: 'global' as const }, wantedTasks: 0 };
  expect(await outcome([{ services: [everywhere], tasks: [] }])).toBe('no node may run web: none fits its placement');
});

test('a service that had to end and that the swarm has forgotten is not waited for until the deadline', async () => {
  const job = { services: [{ ...service, restart: 'none' as const }], tasks: [] };
  expect(await outcome([job], { until: 'completed' })).toBe(
    'the history of the swarm has no task of web: whether it ended well is unknown',
  );
});

test('a task that is not started again fails at once', async () => {
  const once = { services: [{ ...service, restart: 'none' as const }] };
  expect(await outcome([{ ...once, tasks: [ended('a')] }])).toBe('web.1 exited with code 3');
  expect(await outcome([{ ...once, tasks: [ended('a', { state: 'complete', exitCode: 0 })] }])).toBe('after 0s');
});

test('a task without a node waits fifteen seconds for one', async () => {
  const pending = task({ state: 'pending', nodeId: '', error: 'no suitable node (insufficient memory)' });
  expect(await outcome([{ tasks: [pending] }])).toBe('web.1: no suitable node (insufficient memory)');
});

test('nothing moves for the deadline', async () => {
  expect(await outcome([{ tasks: [task({ state: 'starting' })] }])).toBe('0 of 1 run after 1m0s without progress');
});

test('a service that is to go is gone once its tasks are, but for those on a node that is down', async () => {
  const nodes = [{ id: 'node-1', hostname: 'one', state: 'down', availability: 'active' }];
  const gone = { until: 'gone' } as const;
  expect(
    await outcome(
      [
        { services: [], tasks: [task()] },
        { services: [], tasks: [] },
      ],
      gone,
    ),
  ).toBe('after 1.6s');
  expect(await outcome([{ services: [], tasks: [task()], nodes }], gone)).toBe('after 1.2s');
});

test('a service that somebody removed is not waited for', async () => {
  expect(await outcome([{ services: [] }])).toBe('app_web was removed meanwhile');
});
