import { expect, test } from 'vitest';
import { commandColumn, portsColumn } from '../../../src/cli/text/columns.ts';
import type { ObservedPort } from '../../../src/model/observed.ts';

/** `8080:80`, `127.0.0.1:8080:80/udp`, `80`. */
function port(target: number, overrides: Partial<ObservedPort> = {}): ObservedPort {
  return { hostIp: '', published: 0, target, protocol: 'tcp', ...overrides };
}

const everywhere = (target: number, published = target): ObservedPort => port(target, { hostIp: '0.0.0.0', published });

test('a published port shows the address and both numbers', () => {
  expect(portsColumn([everywhere(80, 8080)])).toBe('0.0.0.0:8080->80/tcp');
});

test('an exposed port shows its number alone', () => {
  expect(portsColumn([port(80), port(53, { protocol: 'udp' })])).toBe('53/udp, 80/tcp');
});

test('an address of version 6 stands in brackets', () => {
  const both = [everywhere(80, 8080), port(80, { hostIp: '::', published: 8080 })];
  expect(portsColumn(both)).toBe('0.0.0.0:8080->80/tcp, [::]:8080->80/tcp');
});

test('neighbours that are published under their own numbers are a range', () => {
  expect(portsColumn([everywhere(82), everywhere(80), everywhere(81)])).toBe('0.0.0.0:80-82->80-82/tcp');
});

test('exposed neighbours are a range, and a gap ends it', () => {
  expect(portsColumn([port(7000), port(7001), port(7003)])).toBe('7000-7001/tcp, 7003/tcp');
});

test('neighbours of other protocols and addresses are ranges of their own', () => {
  const ports = [
    port(80),
    port(81, { protocol: 'udp' }),
    everywhere(82),
    port(83, { hostIp: '127.0.0.1', published: 83 }),
  ];
  expect(portsColumn(ports)).toBe('80/tcp, 81/udp, 0.0.0.0:82->82/tcp, 127.0.0.1:83->83/tcp');
});

test('mappings to other numbers stay apart and come last', () => {
  expect(portsColumn([everywhere(80, 8080), everywhere(81, 8081), port(9000)])).toBe(
    '9000/tcp, 0.0.0.0:8080->80/tcp, 0.0.0.0:8081->81/tcp',
  );
});

test('a container with all kinds of ports reads as docker 26.1 prints it', () => {
  const everyIp = (target: number, published: number): readonly ObservedPort[] =>
    ['::', '0.0.0.0'].map((hostIp) => port(target, { hostIp, published }));
  const ports = [
    ...[443, 444, 445].flatMap((target) => everyIp(target, target + 18_000)),
    ...[7000, 7001, 7002, 7003].map((target) => port(target)),
    ...everyIp(80, 18_080),
    port(19_000, { hostIp: '127.0.0.1', published: 19_000, protocol: 'udp' }),
  ];
  expect(portsColumn(ports)).toBe(
    [
      '7000-7003/tcp, 127.0.0.1:19000->19000/udp, 0.0.0.0:18080->80/tcp, [::]:18080->80/tcp',
      '0.0.0.0:18443->443/tcp, [::]:18443->443/tcp, 0.0.0.0:18444->444/tcp, [::]:18444->444/tcp',
      '0.0.0.0:18445->445/tcp, [::]:18445->445/tcp',
    ].join(', '),
  );
});

test('no ports are an empty cell', () => {
  expect(portsColumn([])).toBe('');
});

test('a command is quoted and cut unless it shall not be', () => {
  const command = 'docker-entrypoint.sh apache2-foreground';
  expect(commandColumn(command, { noTrunc: false })).toBe('"docker-entrypoint.s…"');
  expect(commandColumn(command, { noTrunc: true })).toBe(`"${command}"`);
});
