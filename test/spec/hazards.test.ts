import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { hazards } from './support/hazards.ts';
import type { Measured } from './support/measure.ts';
import { load } from './support/model.ts';

/** Loads one of the hazards in a process of its own: memory can be told for whole processes only, and some ended them. */
function measure(index: number): Measured {
  const script = `${import.meta.dirname}/support/measure.ts`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=150', script, String(index)], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Measured;
}

/** The least of up to three measurements: a busy machine makes them worse, never better. */
function measureBest(index: number): Measured {
  let best = measure(index);
  for (let more = 0; more < 2 && (best.cpuMs >= 1_000 || best.memoryMiB >= 200); more += 1) {
    const next = measure(index);
    best = {
      ...next,
      cpuMs: Math.min(best.cpuMs, next.cpuMs),
      memoryMiB: Math.min(best.memoryMiB, next.memoryMiB),
    };
  }
  return best;
}

describe('a hostile file', () => {
  test.each(hazards.map(([name, code], index) => [name, code, index] as const))(
    '%s',
    { timeout: 30_000 },
    (_, code, index) => {
      const { errors, cpuMs, memoryMiB } = measureBest(index);

      expect(errors).toEqual(code === undefined ? [] : expect.arrayContaining([code]));
      expect(cpuMs).toBeLessThan(1_000);
      expect(memoryMiB).toBeLessThan(200);
    },
  );

  test.each([
    ['\u0000', '1:4'],
    ['\u001b[31m', '1:4'],
    ['\u202e', '1:4'],
  ])('the invisible character %j is shown escaped, with its place', (character, place) => {
    const loaded = load(`a: ${character}x\n`);
    const [found] = loaded.ok ? [] : loaded.diagnostics;
    expect(found?.code).toBe('invisible-character');
    expect(`${found?.span.line}:${found?.span.column}`).toBe(place);
    expect(found?.message).not.toContain(character);
  });

  test.each([
    ['a byte that is no UTF-8', new Uint8Array([0x61, 0x3a, 0x20, 0xff])],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0x00])],
  ])('%s is refused', (_, bytes) => {
    const loaded = load({ 'stack.yaml': bytes });
    expect(loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code)).toEqual(['not-utf8']);
  });

  test('names of object members are names like others, but for one that is refused', () => {
    const loaded = load('services: {constructor: {image: a, environment: {prototype: x, toString: y}}}\n');
    expect(loaded.ok && JSON.stringify(loaded.value.model)).toContain('"constructor":{');
    expect(load('services: {__proto__: {image: a}}\n').ok).toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
