import { expect, test } from 'vitest';
import { type Engine, EngineError } from '../../../src/engine/engine.ts';
import { openShop } from '../support/stack.ts';

const waiting = `
services:
  db: { image: postgres, healthcheck: { test: [CMD, ready], interval: 1s, retries: 60 } }
  web: { image: nginx, depends_on: { db: { condition: service_healthy } } }
`;
const never = { behave: () => ({ healthyAfterMs: 'never' as const }) };

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s while something is waited for ends with %i and leaves containers', async (signal, code) => {
  const shop = openShop(waiting, never);
  const running = shop.start('up -d');
  await expect.poll(() => shop.containers().map(({ state }) => state), { interval: 5 }).toContain('running');
  running.context.raise(signal);
  const ended = await running.ended;
  expect(ended.code).toBe(code);
  expect(ended.err).toContain('Interrupted: finishing');
  expect(shop.containers().map(({ state }) => state)).toContain('running');
});

test('--wait-timeout ends with 1 and says that the time was up, not that somebody interrupted', async () => {
  const shop = openShop(waiting, never);
  const { code, err } = await shop.run('up --wait --wait-timeout 1');
  expect(code).toBe(1);
  expect(err).toContain('error: not everything was ready within the time given\n');
  expect(err).not.toContain('Ctrl-C');
});

test('two signals end a run within a second even if the engine hangs', async () => {
  const shop = openShop(waiting);
  const { engine } = shop.engine.connect();
  const hanging = Promise.withResolvers<never>();
  let isCalled = false;
  const createNetwork = (): Promise<never> => {
    isCalled = true;
    return hanging.promise;
  };
  const running = shop.start('up -d', { engines: [{ ...engine, createNetwork }] });
  await expect.poll(() => isCalled, { interval: 5 }).toBe(true);
  const begunAt = performance.now();
  running.context.raise('SIGINT');
  running.context.raise('SIGINT');
  const { code, err } = await running.ended;
  expect(code).toBe(130);
  expect(performance.now() - begunAt).toBeLessThan(1000);
  expect(err).toContain('outcome unknown: create-network network/default on alpha');
});

test('a signal while the engine has not answered yet ends at once', async () => {
  const shop = openShop(waiting);
  const { engine } = shop.engine.connect();
  const silent: Engine = {
    ...engine,
    observe: (_query, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new EngineError('aborted', engine.name, 'interrupted')));
      }),
  };
  for (const line of ['up -d', 'ps', 'plan']) {
    const running = shop.start(line, { engines: [silent] });
    await expect.poll(() => running.context.raise('SIGINT'), { interval: 5 }).toBe(true);
    expect((await running.ended).code).toBe(130);
  }
});
