import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { realClock } from '../../support/clock.ts';
import { type MemoryEngine, memoryEngine } from '../../support/memory-engine.ts';
import { openShop, type Shop } from '../support/stack.ts';

const file = 'services: { web: { image: nginx, network_mode: none, deploy: { replicas: 2 } } }\n';

interface Fleet extends Shop {
  readonly b: MemoryEngine;
  readonly engines: () => readonly Engine[];
}

/** A stack of two replicas on the engines a and b. */
async function openFleet(output: readonly string[] = []): Promise<Fleet> {
  const clock = realClock();
  const options = { clock, images: ['nginx'], behave: () => ({ output: [...output] }) };
  const shop = openShop(file, { ...options, name: 'a' });
  const b = memoryEngine({ ...options, name: 'b' });
  const fleet = { ...shop, b, engines: () => [shop.engine, b].map((it) => it.connect().engine) };
  expect((await shop.run('up -d', { engines: fleet.engines() })).code).toBe(0);
  return fleet;
}

describe('with several engines', () => {
  test('ps has a column for them, and names one that does not answer with what it hides', async () => {
    const { run, engines, b } = await openFleet();
    const { out } = await run('ps', { engines: engines() });
    expect(out.split('\n').map((line) => line.split(/ +/, 2).join(' '))).toEqual([
      'ENGINE NAME',
      'a shop-web-1',
      'b shop-web-2',
      '',
    ]);

    b.world.cutUntilMs = Number.POSITIVE_INFINITY;
    const partial = await run('ps', { engines: engines() });
    expect(partial.out).toContain('shop-web-1');
    expect(partial.out).not.toContain('shop-web-2');
    expect([partial.code, partial.err]).toEqual([6, '! engine b: connection refused; what it holds is unknown\n']);
  });

  test('a command that no engine answers ends as with one, and names all of them', async () => {
    const { run, engines, engine, b } = await openFleet();
    for (const { world } of [engine, b]) world.cutUntilMs = Number.POSITIVE_INFINITY;
    const { code, err } = await run('ps', { engines: engines() });
    expect([code, err]).toEqual([5, 'error: engine a: connection refused; engine b: connection refused\n']);
  });

  test('ls counts what stands on all of them as one stack', async () => {
    const { run, engines, b } = await openFleet();
    expect((await run('ls', { engines: engines() })).out).toMatch(/shop +running\(2\)/);
    b.world.cutUntilMs = Number.POSITIVE_INFINITY;
    const partial = await run('ls', { engines: engines() });
    expect(partial.out).toMatch(/shop +running\(1\)/);
    expect([partial.code, partial.err]).toEqual([6, '! engine b: connection refused; what it holds is unknown\n']);
  });

  test('plan says where, and up tells of each engine by name', async () => {
    const { run, engines } = await openFleet();
    const { out } = await run('plan --scale web=3', { engines: engines() });
    expect(out.split('\n')[0]).toMatch(/^\+ service\/web\/3 on [ab] +create/);
    const { code, err } = await run('--progress plain up -d --scale web=3', { engines: engines() });
    expect([code, err]).toEqual([0, expect.stringMatching(/ Container shop-web-3 on [ab] {2}Started/)]);
  });

  test('logs are in the order of time, with the engine in their names', async () => {
    const { run, engines } = await openFleet(['hello']);
    const { code, out } = await run('logs', { engines: engines() });
    expect([code, out.split('\n').toSorted()]).toEqual([0, ['', 'web-1 on a  | hello', 'web-2 on b  | hello']]);
  });

  test('logs of an engine that is lost meanwhile end, and those of the others do not', async () => {
    const { run, engines, b } = await openFleet(['hello']);
    const [alive, dying] = engines();
    if (alive === undefined || dying === undefined) throw new Error('two engines');
    const lost: Engine = {
      ...dying,
      logs: (...args) => {
        b.world.cutUntilMs = Number.POSITIVE_INFINITY;
        return dying.logs(...args);
      },
    };
    const { code, out, err } = await run('logs', { engines: [alive, lost] });
    expect(out).toBe('web-1 on a  | hello\n');
    expect([code, err]).toEqual([6, '! engine b: connection refused; what it holds is unknown\n']);
  });

  test('followed logs go on without an engine that is lost, and take it up again when it is back', async () => {
    const { start, engines, b } = await openFleet(['hello']);
    const running = start('logs -f', { engines: engines() });
    await expect.poll(running.context.output).toContain('web-2 on b  | hello');
    b.world.cutUntilMs = Number.POSITIVE_INFINITY;
    await expect.poll(running.context.errors, { timeout: 8000 }).toContain('! engine b is lost');
    b.world.cutUntilMs = 0;
    await expect.poll(running.context.errors, { timeout: 8000 }).toContain('! engine b answers again');
    running.context.raise('SIGINT');
    expect((await running.ended).code).toBe(130);
  }, 20_000);

  test('down takes away what it reaches, and says what it does not know', async () => {
    const { run, engines, b, containers } = await openFleet();
    b.world.cutUntilMs = Number.POSITIVE_INFINITY;
    const { code, err } = await run('--progress plain down', { engines: engines() });
    expect(code).toBe(6);
    expect(containers()).toEqual([]);
    expect(err).toContain(' Engine b  Lost  (connection refused; what it holds is unknown)');
    expect(err).toMatch(/! down shop: 1 of 1 done in \S+, without b/);
  });
});
