import { describe, expect, test } from 'vitest';

import { parsePort, type ShortPort } from '../../../src/spec/values/port.ts';

function brief(text: string): readonly string[] | string {
  const ports = parsePort(text);
  return ports.ok ? ports.value.map(show) : ports.error;
}

function show({ hostIp, published, target, protocol }: ShortPort): string {
  return `${hostIp ?? '*'} ${published ?? '-'} ${target}/${protocol}`;
}

describe('a short port', () => {
  test.each([
    ['80', ['* - 80/tcp']],
    ['8080:80', ['* 8080 80/tcp']],
    ['53:53/udp', ['* 53 53/udp']],
    ['80:80/TCP', ['* 80 80/tcp']],
    ['127.0.0.1:80:80', ['127.0.0.1 80 80/tcp']],
    ['127.0.0.1::80', ['127.0.0.1 - 80/tcp']],
    ['[::1]:80:80', ['::1 80 80/tcp']],
    ['8000-8001:80-81', ['* 8000 80/tcp', '* 8001 81/tcp']],
    ['8000-8010:80', ['* 8000-8010 80/tcp']],
    ['80-81', ['* - 80/tcp', '* - 81/tcp']],
    [':80', ['* - 80/tcp']],
  ])('%s is %j', (text, ports) => {
    expect(brief(text)).toEqual(ports);
  });

  test('ranges are in the order of their text, as Compose lists them', () => {
    expect(brief('9-10')).toEqual(['* - 10/tcp', '* - 9/tcp']);
  });

  test.each([
    '',
    '0',
    '80:',
    '70000',
    '-80',
    '80/xyz',
    '80/tcp/udp',
    'http:80',
    '80-79',
    '8000-8005:80-82',
    '999.1.1.1:80:80',
    '::1:80:80',
    '[::1:80:80',
    '80:80:80',
    '1-65535',
    '80 ',
  ])('%j is refused', (text) => {
    expect(typeof brief(text)).toBe('string');
  });
});
