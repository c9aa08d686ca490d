import { expect, test } from 'vitest';

import { clash, describePort, fixedPorts, hostPorts, isHeldBy } from '../../src/plan/host-ports.ts';
import { port, spec } from '../support/builders.ts';

const portOf = (text: Partial<ReturnType<typeof port>>) => hostPorts(spec({ ports: [{ ...port(8080), ...text }] }))[0];
const at = (hostIp: string | undefined) => portOf({ hostIp });

test.each([
  [undefined, '127.0.0.1', true],
  [undefined, '::1', true],
  ['0.0.0.0', '127.0.0.1', true],
  ['::', '[0:0::0]', true],
  ['0.0.0.0', '::', false],
  ['0.0.0.0', '::1', false],
  ['127.0.0.1', '127.0.0.2', false],
])('a port at %s and one at %s clash: %s', (one, other, expected) => {
  const [a, b] = [at(one), at(other)];
  expect(a && b && clash(a, b)).toBe(expected);
  expect(a && isHeldBy(a, { hostIp: other, published: 8080, target: 80, protocol: 'tcp' })).toBe(expected);
});

test('a range is no fixed port, and one of its ports may be held', () => {
  const range = { ...port(8080), published: { from: 8080, to: 8082 } };
  expect(fixedPorts(spec({ ports: [range] }))).toEqual([]);
  const [wanted] = hostPorts(spec({ ports: [range] }));
  const held = (published: number) => ({ hostIp: '', published, target: 80, protocol: 'tcp' });
  expect([8080, 8082, 8083].map((number) => wanted && isHeldBy(wanted, held(number)))).toEqual([true, true, false]);
});

test('nothing is published in the namespace of the host', () => {
  expect(hostPorts(spec({ ports: [port(8080)], network: { kind: 'engine', mode: 'host' } }))).toEqual([]);
});

test.each([
  [at(undefined), '8080/tcp'],
  [portOf({ hostIp: '127.0.0.1', published: { from: 1, to: 2 }, protocol: 'udp' }), '127.0.0.1:1-2/udp'],
  [at('::1'), '[::1]:8080/tcp'],
])('a port is called as a file would write it: %#', (wanted, expected) => {
  expect(wanted && describePort(wanted)).toBe(expected);
});
