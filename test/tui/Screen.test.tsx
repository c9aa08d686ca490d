import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
import { safeText } from '../../src/cli/text/safe-text.ts';
import { createPainter } from '../../src/tui/line.ts';
import { Screen } from '../../src/tui/Screen.tsx';
import { operations, planOf, type Recorder, recordRun } from './run.ts';

const { create, network, start } = operations;

function frame(run: Recorder, { hasColor = false } = {}): string {
  const canvas = { columns: 60, rows: 24, nowMs: run.nowMs(), clean: safeText };
  const { lastFrame, unmount } = render(<Screen view={run.view()} canvas={canvas} paint={createPainter(hasColor)} />);
  const drawn = lastFrame() ?? '';
  unmount();
  return drawn;
}

function midway(): Recorder {
  const plan = planOf([network('default'), [create('db'), 0], [start('db', 1, 1), 1], [create('web'), 2]]);
  return recordRun(plan).start(0).after(100).finish(0).start(1).after(1_000);
}

test('a frame before the first plan is its header', () => {
  expect(frame(recordRun(planOf([])))).toBe('[+] up wp 0/0  0.0s');
});

test('a frame of a run that goes on', () => {
  expect(frame(midway())).toBe(
    [
      '[+] up wp 1/3  1.1s',
      ' ✔ Network wp_default  Created                          0.1s',
      ' ⠙ Container wp-db-1   Creating                         1.0s',
      ' · Container wp-web-1  Pending     waits for wp-db-1 to sta…',
    ].join('\n'),
  );
});

test('the last frame shows what became of everything', () => {
  const run = midway().fail(1, 'image not found').skip(2, 1).skip(3, 1).end('failed');
  expect(frame(run)).toBe(
    [
      '[+] up wp 1/3  1 failed  1.1s',
      ' ✔ Network wp_default  Created                          0.1s',
      ' ✘ Container wp-db-1   Failed      image not found      1.0s',
      ' - Container wp-web-1  Skipped     wp-db-1 failed',
    ].join('\n'),
  );
});

test('colours add escape codes and no text, and without them there are none', () => {
  const failed = midway().fail(1, 'x');
  const coloured = frame(failed, { hasColor: true });
  expect(coloured).toContain('\u001b[31m');
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(frame(failed));
  expect(frame(failed)).not.toContain('\u001b');
});
