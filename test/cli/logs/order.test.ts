import { expect, test } from 'vitest';
import { orderByTime } from '../../../src/cli/logs/order.ts';
import { placeInTime } from '../../../src/cli/logs/place.ts';
import { virtualClock } from '../../support/clock.ts';

/** Lines as they come, each with its arrival and the time that its engine gave it; as they are printed. */
async function printed(
  lines: readonly (readonly [arrivesMs: number, writtenMs: number])[],
): Promise<readonly string[]> {
  const clock = virtualClock();
  const output: string[] = [];
  const { add, settled } = orderByTime({ delayMs: 150, ...clock });
  for (const [arrivesMs, writtenMs] of lines) {
    await clock.sleep(arrivesMs - clock.now(), new AbortController().signal);
    void add(placeInTime(new Date(writtenMs).toISOString()), () => {
      output.push(`${writtenMs} at ${clock.now()}`);
      return undefined;
    });
  }
  await settled();
  return output;
}

test('a line that comes late from another engine is printed where it belongs', async () => {
  expect(
    await printed([
      [0, 1000],
      [100, 900],
      [140, 1100],
    ]),
  ).toEqual(['900 at 150', '1000 at 150', '1100 at 290']);
});

test('a line is held back for no longer than the delay, and its order is that of its engine', async () => {
  expect(
    await printed([
      [0, 1000],
      [10, 1000],
      [400, 500],
    ]),
  ).toEqual(['1000 at 150', '1000 at 160', '500 at 550']);
});

test('nanoseconds count', async () => {
  const clock = virtualClock();
  const output: string[] = [];
  const { add, settled } = orderByTime({ delayMs: 150, ...clock });
  for (const fraction of ['000000002', '000000001']) {
    void add(placeInTime(`2026-01-01T00:00:00.${fraction}Z`), () => void output.push(fraction));
  }
  await settled();
  expect(output).toEqual(['000000001', '000000002']);
});
