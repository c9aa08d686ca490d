import { expect, test } from 'vitest';
import { engineName } from '../../src/model/id.ts';
import type { Plan } from '../../src/model/plan.ts';
import { type Row, rowElapsedMs, rowFailure, rowReasons, rowState, rowWord } from '../../src/tui/row.ts';
import { countRows, labelOf, type View, waitsFor } from '../../src/tui/view.ts';
import { operations, planOf, recordRun } from './run.ts';

const { awaitHealthy, create, network, pull, remove, rename, start, stop, volume } = operations;

const rowsOf = ({ rows }: View): readonly Row[] => [...rows.values()];
const firstRow = (view: View): Row => rowsOf(view)[0] as Row;
const rowNamed = (view: View, name: string): Row => rowsOf(view).find((row) => row.name === name) as Row;

/** A service whose container is created, started and waited for. */
const database: Plan = planOf([create('db'), [start('db', 1, 0), 0], [awaitHealthy('db', 1, 0), 1]]);

test('steps on the same resource are one row', () => {
  const plan = planOf([network('default'), create('db'), [start('db', 1, 1), 1], volume('data'), pull('mysql:9')]);
  expect(rowsOf(recordRun(plan).view()).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'Network wp_default',
    'Container wp-db-1',
    'Volume wp_data',
    'Image mysql:9',
  ]);
});

test('the same resource on two engines is two rows that name their engines', () => {
  const engines = [engineName('h1'), engineName('h2')];
  const plan = planOf(engines.map((engine) => pull('mysql:9', { engine })));
  const view = recordRun(plan, { engines }).view();
  expect(rowsOf(view).map((row) => labelOf(view, row))).toEqual(['Image mysql:9 on h1', 'Image mysql:9 on h2']);
});

test('a container is called what it is created as', () => {
  expect(firstRow(recordRun(planOf([create('db', 1, { name: 'my-db' })])).view()).name).toBe('my-db');
});

test('a container that is created beside its predecessor is called what it is renamed as', () => {
  const plan = planOf([create('web', 1, { name: 'wp-web-1-next' }), [rename('web', 1, 0, 'wp-web-1'), 0]]);
  expect(firstRow(recordRun(plan).view()).name).toBe('wp-web-1');
});

test('a container that no step names is called after its service and slot', () => {
  expect(firstRow(recordRun(planOf([stop('db', 3)])).view()).name).toBe('wp-db-3');
});

test('a service may be called as a property of objects is', () => {
  const view = recordRun(planOf([create('constructor'), create('__proto__')]))
    .start(0)
    .finish(0)
    .view();
  expect(rowsOf(view).map((row) => [row.name, rowState(row)])).toEqual([
    ['wp-constructor-1', 'done'],
    ['wp-__proto__-1', 'pending'],
  ]);
});

test('the words of a container follow its steps as in Compose', () => {
  const run = recordRun(database);
  const words = [
    () => run,
    () => run.start(0),
    () => run.finish(0),
    () => run.start(1),
    () => run.finish(1),
    () => run.start(2),
    () => run.finish(2),
  ];
  expect(words.map((next) => rowWord(firstRow(next().view())))).toEqual([
    'Pending',
    'Creating',
    'Created',
    'Starting',
    'Started',
    'Waiting',
    'Healthy',
  ]);
});

test('a container that takes the place of another is recreated, and the end of the other is no news of it', () => {
  const run = recordRun(planOf([create('web'), start('web', 1, 0), stop('web'), remove('web')]));
  run.start(0);
  expect(rowWord(firstRow(run.view()))).toBe('Recreate');
  run.finish(0);
  expect(rowWord(firstRow(run.view()))).toBe('Recreated');
  run.start(1).finish(1).start(2);
  expect(rowWord(firstRow(run.view()))).toBe('Stopping old');
  run.finish(2).start(3).finish(3);
  expect(rowWord(firstRow(run.view()))).toBe('Started');
});

test('a container that goes away is stopped and removed', () => {
  const run = recordRun(planOf([stop('web'), [remove('web'), 0]]))
    .start(0)
    .finish(0);
  expect(rowWord(firstRow(run.view()))).toBe('Stopped');
  expect(rowWord(firstRow(run.start(1).finish(1).view()))).toBe('Removed');
});

test('a row is done when all its steps are', () => {
  const run = recordRun(database).start(0).finish(0);
  expect(rowState(firstRow(run.view()))).toBe('pending');
  expect(rowState(firstRow(run.start(1).finish(1).start(2).view()))).toBe('working');
  expect(rowState(firstRow(run.finish(2).view()))).toBe('done');
});

test('done resources are counted, not steps', () => {
  const plan = planOf([network('default'), create('db'), [start('db', 1, 1), 1]]);
  expect(countRows(recordRun(plan).start(0).finish(0).start(1).finish(1).view())).toEqual({ done: 1, total: 2 });
});

test('time runs from the first step until the last one ended', () => {
  const run = recordRun(database).after(500).start(0).after(300).finish(0).after(1_000).start(1).after(200);
  expect(rowElapsedMs(firstRow(run.view()), run.nowMs())).toBe(1_500);
  run.finish(1).start(2).after(100).finish(2).after(9_000);
  expect(rowElapsedMs(firstRow(run.view()), run.nowMs())).toBe(1_600);
});

test('a row that has not begun has no time', () => {
  expect(rowElapsedMs(firstRow(recordRun(database).view()), 99)).toBeUndefined();
});

test('a pending row names what it waits for until that is done', () => {
  const plan = planOf([pull('mysql:9'), ...database.steps.map(({ operation }) => operation), [create('web'), 0, 3]]);
  const run = recordRun(plan);
  const waits = (): readonly string[] => waitsFor(run.view(), rowNamed(run.view(), 'wp-web-1'));
  expect(waits()).toEqual(['image mysql:9', 'wp-db-1 to be healthy']);
  run.start(0).finish(0);
  expect(waits()).toEqual(['wp-db-1 to be healthy']);
  run.start(3).finish(3);
  expect(waits()).toEqual([]);
});

test('a skipped row names what never came', () => {
  const plan = planOf([...database.steps.map(({ operation }) => operation), [create('web'), 2]]);
  const view = recordRun(plan).start(2).fail(2, 'unhealthy').skip(3, 2).view();
  expect(rowState(rowNamed(view, 'wp-web-1'))).toBe('skipped');
  expect(waitsFor(view, rowNamed(view, 'wp-web-1'))).toEqual(['wp-db-1 to be healthy']);
});

test('a row does not wait for itself', () => {
  expect(waitsFor(recordRun(database).view(), firstRow(recordRun(database).view()))).toEqual([]);
});

test('a failure keeps what the engine said', () => {
  const view = recordRun(database).start(0).after(50).fail(0, 'no space', ['on /var']).view();
  expect([rowWord(firstRow(view)), rowFailure(firstRow(view))]).toEqual([
    'Failed',
    { kind: 'failed', atMs: 50, elapsedMs: 50, message: 'no space', hint: undefined, details: ['on /var'] },
  ]);
});

test('the reasons of all steps are the row’s, each once', () => {
  const plan = planOf([stop('web', 1, { reasons: ['a', 'b'] }), remove('web', 1, { reasons: ['b'] })]);
  expect(rowReasons(firstRow(recordRun(plan).view()))).toEqual(['a', 'b']);
});

test('a transfer keeps its bytes and measures its rate over half a second or more', () => {
  const run = recordRun(planOf([pull('mysql:9')]))
    .start(0)
    .bytes(0, 0, 300)
    .after(100)
    .bytes(0, 50, 300);
  expect(firstRow(run.view()).transfer).toMatchObject({ done: 50, total: 300, bytesPerSecond: 0 });
  run.after(900).bytes(0, 100, 300);
  expect(firstRow(run.view()).transfer).toMatchObject({ done: 100, bytesPerSecond: 100 });
});

test('a rate changes by half of what is measured', () => {
  const run = recordRun(planOf([pull('mysql:9')]))
    .start(0)
    .bytes(0, 0, 999);
  run.after(1_000).bytes(0, 100, 999).after(1_000).bytes(0, 400, 999);
  expect(firstRow(run.view()).transfer?.bytesPerSecond).toBe(200);
});

test('the last words of a builder are kept', () => {
  const run = recordRun(planOf([pull('x')]))
    .start(0)
    .says(0, 'one')
    .says(0, 'two');
  expect(firstRow(run.view()).output).toBe('two');
});

test('a later round replaces the rows that it touches and keeps the others', () => {
  const run = recordRun(planOf([network('default'), create('db', 1, { name: 'my-db' })]))
    .start(0)
    .finish(0)
    .start(1)
    .fail(1, 'x');
  const view = run.round(2, planOf([start('db', 1, 0)])).view();
  expect(rowsOf(view).map((row) => [row.name, rowState(row)])).toEqual([
    ['wp_default', 'done'],
    ['my-db', 'pending'],
  ]);
});

test('a failure that a later round made good is none when the run has converged', () => {
  const run = recordRun(database).start(0).fail(0, 'connection lost').skip(1, 0).skip(2, 0).round(2, planOf([])).end();
  expect([rowState(firstRow(run.view())), rowWord(firstRow(run.view()))]).toEqual(['done', 'Healthy']);
});

test('a failure stays one when the run has failed', () => {
  const run = recordRun(database).start(0).fail(0, 'connection lost').round(2, planOf([])).end('failed');
  expect(rowState(firstRow(run.view()))).toBe('failed');
});

test('a notice of every round is kept once', () => {
  const notice = { code: 'orphan', address: undefined, message: 'm', hint: undefined };
  const run = recordRun(planOf([], [notice]))
    .round(2, planOf([], [{ ...notice }]))
    .add({ type: 'notice', notice });
  expect(run.view().notices).toEqual([notice]);
});

test('an engine is lost until it is back', () => {
  const engine = engineName('h2');
  const run = recordRun(planOf([])).add({ type: 'engine-state', engine, state: 'lost', message: 'gone' });
  expect([...run.view().lostEngines]).toEqual([[engine, 'gone']]);
  expect(run.add({ type: 'engine-state', engine, state: 'back', message: '' }).view().lostEngines.size).toBe(0);
});

test('an event of a step that no plan holds changes nothing', () => {
  const stray = recordRun(database).start(2).events.at(-1);
  const run = recordRun(planOf([]));
  expect(run.add(stray as never).view()).toEqual(run.view());
});
