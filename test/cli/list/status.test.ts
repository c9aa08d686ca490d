import { expect, test } from 'vitest';
import { ago, humanDuration, portsText, statusText } from '../../../src/cli/list/status.ts';
import { observedContainer, port } from '../support/containers.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, 'Less than a second'],
  [1_000, '1 second'],
  [59_999, '59 seconds'],
  [minute, 'About a minute'],
  [59 * minute, '59 minutes'],
  [hour, 'About an hour'],
  [1.6 * hour, '2 hours'],
  [47 * hour, '47 hours'],
  [2 * day, '2 days'],
  [13 * day, '13 days'],
  [14 * day, '2 weeks'],
  [60 * day, '2 months'],
  [800 * day, '2 years'],
])('%i ms is "%s", as docker says it', (ms, words) => {
  expect(humanDuration(ms)).toBe(words);
});

test('a time that never came is shown as nothing', () => {
  expect(ago('', Date.now())).toBe('');
});

test('a clock of the engine that runs ahead of ours makes no negative age', () => {
  expect(ago('2026-01-01T00:00:10Z', Date.parse('2026-01-01T00:00:00Z'))).toBe('Less than a second ago');
});

const today = Date.parse('2026-01-01T01:00:00Z');

test.each([
  [{ state: 'running', health: 'none' }, 'Up About an hour'],
  [{ state: 'running', health: 'starting' }, 'Up About an hour (health: starting)'],
  [{ state: 'running', health: 'healthy' }, 'Up About an hour (healthy)'],
  [{ state: 'running', health: 'unhealthy' }, 'Up About an hour (unhealthy)'],
  [{ state: 'paused', health: 'none' }, 'Up About an hour (Paused)'],
  [{ state: 'exited', exitCode: 137 }, 'Exited (137) 30 minutes ago'],
  [{ state: 'restarting', exitCode: 1 }, 'Restarting (1) 30 minutes ago'],
  [{ state: 'created' }, 'Created'],
  [{ state: 'dead' }, 'Dead'],
  [{ state: 'removing' }, 'Removal In Progress'],
] as const)('%o reads as "%s"', (state, words) => {
  const times = { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:30:00Z' };
  expect(statusText(observedContainer({ ...times, ...state }), today)).toBe(words);
});

test.each([
  ['nothing', [], ''],
  ['an exposed port', [port({ target: 80 })], '80/tcp'],
  ['neighbours join to a range', [port({ target: 81 }), port({ target: 80 }), port({ target: 82 })], '80-82/tcp'],
  ['a gap begins a new range', [port({ target: 80 }), port({ target: 82 })], '80/tcp, 82/tcp'],
  ['protocols stay apart', [port({ target: 53, protocol: 'udp' }), port({ target: 53 })], '53/tcp, 53/udp'],
  [
    'both address families',
    [port({ target: 80, published: 8080, hostIp: '::' }), port({ target: 80, published: 8080, hostIp: '0.0.0.0' })],
    '0.0.0.0:8080->80/tcp, [::]:8080->80/tcp',
  ],
  [
    'published ranges',
    [port({ target: 80, published: 80, hostIp: '0.0.0.0' }), port({ target: 81, published: 81, hostIp: '0.0.0.0' })],
    '0.0.0.0:80-81->80-81/tcp',
  ],
  [
    'a published one between exposed ones',
    [port({ target: 80 }), port({ target: 81, published: 9000, hostIp: '127.0.0.1' })],
    '80/tcp, 127.0.0.1:9000->81/tcp',
  ],
])('ports as docker prints them: %s', (_, ports, words) => {
  expect(portsText(ports)).toBe(words);
});
