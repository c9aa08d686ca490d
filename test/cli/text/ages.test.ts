import { expect, test } from 'vitest';
import { age, containerStatus, humanDuration } from '../../../src/cli/text/ages.ts';
import type { ObservedContainer } from '../../../src/model/observed.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.parse('2026-03-01T12:00:00Z');

test.each([
  [0, 'Less than a second'],
  [1.9 * second, '1 second'],
  [59 * second, '59 seconds'],
  [60 * second, 'About a minute'],
  [119 * second, 'About a minute'],
  [3 * minute, '3 minutes'],
  [59 * minute + 59 * second, '59 minutes'],
  [60 * minute, 'About an hour'],
  [89 * minute, 'About an hour'],
  [90 * minute, '2 hours'],
  [47 * hour, '47 hours'],
  [48 * hour, '2 days'],
  [13 * day, '13 days'],
  [14 * day, '2 weeks'],
  [59 * day, '8 weeks'],
  [60 * day, '2 months'],
  [700 * day, '23 months'],
  [731 * day, '2 years'],
])('%d ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test('an age is counted from the time of the engine', () => {
  expect(age('2026-03-01T11:57:00.123456789Z', now)).toBe('2 minutes ago');
});

test('an engine whose clock is ahead makes nothing older than new', () => {
  expect(age('2026-03-01T13:00:00Z', now)).toBe('Less than a second ago');
});

test('what never happened has no age', () => {
  expect([age('', now), age('0001-01-01T00:00:00Z', now)]).toEqual(['', '']);
});

function status(overrides: Partial<ObservedContainer>): string {
  const times = { startedAt: '2026-03-01T11:57:00Z', finishedAt: '2026-03-01T10:00:00Z' };
  const container = { state: 'running', health: 'none', exitCode: 0, ...times, ...overrides } as ObservedContainer;
  return containerStatus(container, now);
}

test('a running container says for how long and how it fares', () => {
  expect(status({})).toBe('Up 3 minutes');
  expect(status({ health: 'healthy' })).toBe('Up 3 minutes (healthy)');
  expect(status({ health: 'unhealthy' })).toBe('Up 3 minutes (unhealthy)');
  expect(status({ health: 'starting' })).toBe('Up 3 minutes (health: starting)');
});

test('a container that ended says with what code and when', () => {
  expect(status({ state: 'exited', exitCode: 137 })).toBe('Exited (137) 2 hours ago');
  expect(status({ state: 'restarting', exitCode: 1 })).toBe('Restarting (1) 2 hours ago');
});

test.each([
  ['created', 'Created'],
  ['paused', 'Up 3 minutes (Paused)'],
  ['removing', 'Removal In Progress'],
  ['dead', 'Dead'],
] as const)('a container that is %s reads as docker has it', (state, text) => {
  expect(status({ state })).toBe(text);
});
