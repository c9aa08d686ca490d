import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';

import { withDeadline } from '../../src/reconcile/deadline.ts';
import { alpha } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';

const limits = (deadlineMs = 1000, signal = new AbortController().signal) => ({
  engine: alpha,
  clock: virtualClock(),
  deadlineMs,
  signal,
});

test('a call that is never answered ends at its deadline, as one whose outcome is unknown', async () => {
  const endless = withDeadline(limits(), () => new Promise(() => undefined));

  await expect(endless).rejects.toMatchObject({ code: 'timeout', message: 'no answer within 1s' });
});

test('a call that shows that it goes on may take longer', async () => {
  const options = limits();
  const slow = withDeadline(options, async ({ signal, touch }) => {
    for (const _ of Array.from({ length: 5 })) {
      await options.clock.sleep(900, signal);
      touch();
    }
    return options.clock.now();
  });

  expect(await slow).toBe(4500);
});

test('a call that has ended leaves nobody listening, so that a long run does not grow', async () => {
  const listening: AbortSignal[] = [];
  await withDeadline(limits(), ({ signal }) => Promise.resolve(listening.push(signal)));

  expect(listening.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([0]);
});
