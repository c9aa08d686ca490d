import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeText } from '../../src/cli/text/safe-text.ts';
import { engineName } from '../../src/model/id.ts';
import { layOut } from '../../src/tui/layout.ts';
import { widthOf } from '../../src/tui/width.ts';
import { operations, planOf, type Recorder, recordRun } from './run.ts';

const { awaitHealthy, create, network, pull, remove, start, volume } = operations;

function draw(run: Recorder, columns = 80, rows = 24): readonly string[] {
  const canvas = { columns, rows, nowMs: run.nowMs(), clean: safeText };
  return layOut(run.view(), canvas).map((line) => line.map(({ text }) => text).join(''));
}

/** Fifty services of two replicas, some done, some failed, some running. */
function hundredContainers(): Recorder {
  const slots = Array.from(
    { length: 100 },
    (_, index) => [`service-${Math.floor(index / 2)}`, (index % 2) + 1] as const,
  );
  const run = recordRun(planOf(slots.map(([service, slot]) => create(service, slot))));
  slots.forEach((_, id) => {
    if (id < 70) run.start(id).after(10);
    if (id < 50) run.finish(id);
    if (id >= 50 && id < 53) run.fail(id, 'no space left on device');
  });
  return run;
}

test('a run is a header and a line for each resource, by kind and service', () => {
  const plan = planOf([
    create('worker', 1),
    network('default'),
    pull('mysql:9'),
    volume('data'),
    [create('db'), 1, 2, 3],
    [start('db', 1, 4), 4],
    [awaitHealthy('db', 1, 4), 5],
    [create('web'), 6],
    create('worker', 2),
  ]);
  const run = recordRun(plan, { stack: 'wordpress' });
  run.start(1, 2, 3, 0).after(100).finish(1, 3, 0).bytes(2, 0, 300e6).after(3_000).bytes(2, 120e6, 300e6);
  run.start(8).fail(8, 'no space left on device');
  expect(draw(run)).toEqual([
    '[+] up wordpress 3/7  1 failed  3.1s',
    ' ✔ Network wp_default  Created                                              0.1s',
    ' ✔ Volume wp_data      Created                                              0.1s',
    ' ⠙ Image mysql:9       Pulling     40% ███░░░░░ 120MB / 300MB  40MB/s       3.1s',
    ' ✘ Service worker  1/2',
    '   ✔ wp-worker-1       Created                                              0.1s',
    '   ✘ wp-worker-2       Failed      no space left on device                  0.0s',
    ' · Container wp-db-1   Pending     waits for image mysql:9',
    ' · Container wp-web-1  Pending     waits for wp-db-1 to be healthy',
  ]);
});

test('a replacement says why', () => {
  const reasons = ['environment.DB_HOST: "a" → "b"'];
  const run = recordRun(planOf([create('web', 1, { reasons }), remove('web')])).start(0);
  expect(draw(run)[1]).toContain('Recreate    environment.DB_HOST: "a" → "b"');
});

test('a wait says until when', () => {
  const run = recordRun(planOf([create('db'), awaitHealthy('db', 1, 0)]))
    .start(0)
    .finish(0)
    .start(1);
  expect(draw(run)[1]).toContain('Waiting     until healthy');
});

test('on a screen that is too small finished rows go first and are counted', () => {
  const frame = draw(hundredContainers());
  expect(frame).toHaveLength(23);
  expect(frame[0]).toMatch(/^\[\+] up wp 50\/100 {2}3 failed/);
  expect(frame.filter((line) => line.includes('Failed'))).toHaveLength(3);
  expect(frame.at(-1)).toBe('   … and 50 done, 30 pending, 6 in progress');
});

test('of finished rows those that ended last stay longest', () => {
  const run = recordRun(planOf([network('a'), network('b'), network('c'), network('d')]));
  run.start(0, 1, 2, 3).after(1).finish(2).after(1).finish(0).after(1).finish(3);
  expect(draw(run, 80, 5).slice(1)).toEqual([
    expect.stringContaining('wp_b'),
    expect.stringContaining('wp_d'),
    '   … and 2 done',
  ]);
});

test('a service counts its replicas even where they are hidden', () => {
  const run = recordRun(planOf(Array.from({ length: 30 }, (_, slot) => create('web', slot + 1))))
    .start(0)
    .finish(0)
    .start(1);
  expect(draw(run, 80, 8)[1]).toMatch(/Service web {2}1\/30$/);
});

test('no frame is taller than the screen less one row or wider than the screen', () => {
  const run = hundredContainers().add({ type: 'interrupted', inFlight: 17 });
  for (const engine of ['h1', 'h2', 'h3', 'h4', 'h5'].map(engineName)) {
    run.add({ type: 'engine-state', engine, state: 'lost', message: 'connection lost, waiting '.repeat(9) });
  }
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 2, max: 130 }), (columns, rows) => {
      const frame = draw(run, columns, rows);
      expect(frame.length).toBeLessThanOrEqual(rows - 1);
      expect(Math.max(...frame.map(widthOf))).toBeLessThanOrEqual(columns);
    }),
  );
});

test('names are cut in the middle, by the columns that they take', () => {
  const name = `${'日本'.repeat(20)}-12`;
  const [, line = ''] = draw(
    recordRun(planOf([create('web', 1, { name })]))
      .start(0)
      .after(100)
      .finish(0),
    60,
  );
  expect(widthOf(line)).toBe(60);
  expect(line).toMatch(/ ✔ Container 日本.*….*本-12 {2,3}Created/);
});

test('a narrow screen leaves out kinds, then times, before names', () => {
  const run = recordRun(planOf([network('default')]))
    .start(0)
    .after(100)
    .finish(0);
  expect(draw(run, 44)[1]).toBe(' ✔ wp_default  Created                  0.1s');
  expect(draw(run, 30)[1]).toBe(' ✔ wp_default  Created');
});

test('with several engines rows name theirs', () => {
  const engines = [engineName('h1'), engineName('h2')] as const;
  const run = recordRun(planOf([create('web', 1, { engine: engines[1] })]), { engines });
  expect(draw(run)[1]).toMatch(/^ · Container wp-web-1 on h2 {2}Pending/);
});

test('an interruption and lost engines are told below the rows', () => {
  const run = recordRun(planOf([create('web')]))
    .start(0)
    .add({ type: 'engine-state', engine: engineName('h2'), state: 'lost', message: 'waiting (30 s)' })
    .add({ type: 'interrupted', inFlight: 1 });
  expect(draw(run, 100).slice(-2)).toEqual([
    ' ! engine h2: waiting (30 s)',
    'Interrupted: finishing 1 call in flight, starting nothing new (Ctrl-C again to quit now)',
  ]);
});

test('a lost lock is told below the rows until the run has ended', () => {
  const run = recordRun(planOf([create('web')]))
    .start(0)
    .add({ type: 'lock-lost', stack: 'wp', engine: engineName('default') });
  expect(draw(run, 100).at(-1)).toBe(
    'The lock of project wp is lost: finishing what is in flight, starting nothing new',
  );
  expect(draw(run.end('interrupted'), 100)).toHaveLength(2);
});

test('hostile names and words are shown, not obeyed', () => {
  const run = recordRun(planOf([create('web', 1, { name: 'a\u001b[2Jb' })], []), { stack: 'x\u0007' })
    .start(0)
    .fail(0, 'one\ntwo\u009b');
  expect(draw(run)).toEqual(['[+] up x␇ 0/1  1 failed  0.0s', expect.stringContaining('a␛[2Jb  Failed      one␊two�')]);
});
