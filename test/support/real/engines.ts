import { describe } from 'vitest';

/** A real engine that tests may change as they like. */
export interface TestEngine {
  /** For titles, such as `docker26`. */
  readonly name: string;
  /** As `DOCKER_HOST` takes it. */
  readonly host: string;
  /** Its machine's address, where published ports answer. */
  readonly address: string;
}

/** Declares the tests of `declare` once for each engine that `STACK_TEST_ENGINES` names (`name=tcp://host:port,…`). */
export function onEachEngine(declare: (engine: TestEngine) => void): void {
  describe.each(testEngines())('on $name', declare);
}

/** Refuses to find none: tests that were left out look like tests that passed. */
export function testEngines(): readonly TestEngine[] {
  const text = process.env['STACK_TEST_ENGINES'];
  if (!text) throw new Error('STACK_TEST_ENGINES names no engine: test/run.sh sets it, or name=tcp://address:2375');
  return text.split(',').map((entry) => {
    const at = entry.indexOf('=');
    const host = entry.slice(at + 1);
    return { name: entry.slice(0, at), host, address: new URL(host).hostname };
  });
}
