import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileSources } from '../../src/cli/sources.ts';
import { testContext } from './support/context.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-sources-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sources = fileSources(testContext(), Buffer.from('services: {}\n'));
const at = (name: string): string => join(folder, name);

test('a regular file gives its bytes, also behind a symbolic link', () => {
  writeFileSync(at('stack.yaml'), 'name: shop\n');
  symlinkSync('stack.yaml', at('link.yaml'));
  expect(sources.read(at('link.yaml'))).toEqual({ kind: 'file', bytes: Buffer.from('name: shop\n') });
});

test('a missing file, and a file that is used as a folder, are missing', () => {
  writeFileSync(at('file'), '');
  expect([sources.read(at('nope')).kind, sources.read(at('file/below')).kind]).toEqual(['missing', 'missing']);
});

test('a name that no file can have is missing', () => {
  expect(sources.read('/a\0b').kind).toBe('missing');
});

test('a folder is told apart', () => {
  mkdirSync(at('folder'));
  expect(sources.read(at('folder')).kind).toBe('directory');
});

test('a FIFO without a writer is refused at once', () => {
  execFileSync('mkfifo', [at('fifo')]);
  expect(sources.read(at('fifo')).kind).toBe('not-regular');
});

test('an endless device is refused, /dev/null is an empty file', () => {
  expect(sources.read('/dev/zero').kind).toBe('not-regular');
  expect(sources.read('/dev/null')).toEqual({ kind: 'file', bytes: new Uint8Array() });
});

test('a file of /proc, whose size says 0, is read', () => {
  const read = sources.read('/proc/self/status');
  expect(read.kind === 'file' && read.bytes.length).toBeGreaterThan(0);
});

test('a file that is too large is refused without being kept', () => {
  execFileSync('truncate', ['-s', '2G', at('huge')]);
  expect(sources.read(at('huge')).kind).toBe('too-large');
});

test('standard input that nobody asked for is missing', () => {
  expect(fileSources(testContext(), undefined).read('-').kind).toBe('missing');
});

test('standard input may be asked for again', () => {
  const expected = { kind: 'file', bytes: Buffer.from('services: {}\n') };
  expect([sources.read('-'), sources.read('-')]).toEqual([expected, expected]);
});

test('what does not exist has no real path', () => {
  expect([sources.resolve(at('nope')), sources.resolve(at('link.yaml'))]).toEqual([undefined, at('stack.yaml')]);
});
