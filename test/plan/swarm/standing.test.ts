import { expect, test } from 'vitest';
import { standingOf } from '../../../src/plan/swarm/standing.ts';
import { desired as desiredOf } from '../../support/builders.ts';
import { made, swarm, task, wanted } from './builders.ts';

const web = wanted({ replicas: 2 });
const service = made(web, desiredOf([web]));
const two = [task(), task({ slot: 2 })];
const stand = (tasks: typeof two, of = service) => standingOf(of, swarm({ tasks }));

test('a service stands once each slot runs the version that is wanted', () => {
  expect(stand(two).isConverged).toBe(true);
  expect(stand([task()])).toMatchObject({ isConverged: false, text: '1 of 2 run' });
});

test('tasks of the version before count for nothing', () => {
  expect(stand([task(), task({ slot: 2, version: 'v0#0#0' })])).toMatchObject({ done: 1, isConverged: false });
});

test('what is on its way out is waited for', () => {
  const leaving = task({ slot: 3, desiredState: 'remove' });
  expect(stand([...two, leaving])).toMatchObject({ isConverged: false, text: '2 of 2 run; 1 stopping' });
});

test('tasks on a node that is down neither count nor hold anybody up', () => {
  const nodes = [
    { id: 'node-1', hostname: 'one', state: 'ready', availability: 'active' },
    { id: 'node-2', hostname: 'two', state: 'down', availability: 'active' },
  ];
  const lost = task({ slot: 2, nodeId: 'node-2' });
  expect(standingOf(service, swarm({ tasks: [task(), lost], nodes })).done).toBe(1);
  const left = { ...lost, id: 'left', desiredState: 'shutdown' };
  expect(standingOf(service, swarm({ tasks: [...two, left], nodes })).isConverged).toBe(true);
});

test('a service does not stand while an update goes on, or is paused', () => {
  expect(stand(two, { ...service, updateState: 'updating' }).isConverged).toBe(false);
  expect(stand(two, { ...service, updateState: 'paused' }).isConverged).toBe(false);
  expect(stand(two, { ...service, updateState: 'completed' }).isConverged).toBe(true);
});

test('what has to end stands once it ended well, and is not complete before', () => {
  const once = { ...service, restart: 'none' as const };
  const ended = two.map((it) => ({ ...it, state: 'complete', desiredState: 'shutdown' }));
  expect(stand(two, once)).toMatchObject({ isConverged: true, isCompleted: false });
  expect(stand(ended, once)).toMatchObject({ isConverged: true, isCompleted: true });
});

test('the reason of the scheduler is told', () => {
  const pending = task({ slot: 2, state: 'pending', nodeId: '', error: 'no suitable node (insufficient memory)' });
  expect(stand([task(), pending]).text).toBe('1 of 2 run; web.2: no suitable node (insufficient memory)');
});

test('what an earlier run of a job has completed is no task of a version before that is still to go', () => {
  const job = { ...service, restart: 'none' as const, mode: { kind: 'replicated-job' as const, replicas: 1 } };
  const run = { slot: 0, state: 'complete', desiredState: 'complete' };
  const tasks = [task({ ...run, id: 'new' }), task({ ...run, id: 'old', version: 'v0#0#0' })];
  expect(stand(tasks, { ...job, completedTasks: 1 }).isCompleted).toBe(true);
});
