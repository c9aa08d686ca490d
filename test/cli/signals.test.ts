import { expect, test } from 'vitest';
import { createSignals, interruptible } from '../../src/cli/signals.ts';

test('a signal that nobody listens to is left to the entry, which ends the process', () => {
  const signals = createSignals();
  expect(signals.notify('SIGINT')).toBe(false);
});

test('the first signal asks to stop, the second to give up', () => {
  const signals = createSignals();
  const { stop, abort, signal } = interruptible(signals);
  signals.notify('SIGTERM');
  expect([stop.aborted, abort.aborted, signal()]).toEqual([true, false, 'SIGTERM']);
  signals.notify('SIGINT');
  expect([abort.aborted, signal()]).toEqual([true, 'SIGTERM']);
});

test('a crash asks to stop and to give up at once', () => {
  const signals = createSignals();
  const { stop, abort, signal } = interruptible(signals);
  expect([stop.aborted, abort.aborted, signal()]).toEqual([false, false, undefined]);
  signals.crash();
  expect([stop.aborted, abort.aborted, signal()]).toEqual([true, true, 'SIGTERM']);
});

test('a closed pipe stops nothing that was begun on engines', () => {
  const signals = createSignals();
  const { stop } = interruptible(signals);
  expect(signals.notify('SIGPIPE')).toBe(true);
  expect(stop.aborted).toBe(false);
});

test('after the work a signal ends the process again', () => {
  const signals = createSignals();
  interruptible(signals).end();
  expect(signals.notify('SIGINT')).toBe(false);
});

test('of two listeners the later alone hears a signal', () => {
  const signals = createSignals();
  const outer = interruptible(signals);
  const inner = interruptible(signals);
  signals.notify('SIGINT');
  inner.end();
  expect([outer.stop.aborted, inner.stop.aborted]).toEqual([false, true]);
});
