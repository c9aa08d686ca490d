import { expect, test } from 'vitest';
import type { MemoryEngineOptions } from '../../support/memory-engine.ts';
import { openShop, type Running, type Shop } from '../support/stack.ts';

const file = `
services:
  db: { image: postgres }
  web: { image: nginx, depends_on: [db] }
`;

/** Waits for something that the command under test is about to do. */
async function until(isReached: () => boolean): Promise<void> {
  await expect.poll(isReached, { interval: 5, timeout: 3000 }).toBe(true);
}

const attached = ({ context }: Running): boolean => context.output().includes('Attaching to');
const states = (shop: Shop): readonly string[] => shop.containers().map(({ state }) => state);

/** Each image writes one line; `nginx` ends by itself where a test says how. */
const talkative = (end: { exitsAfterMs?: number; exitCode?: number } = {}): MemoryEngineOptions => ({
  behave: ({ image }) => ({ output: [`hello from ${image}`], ...(image === 'nginx' ? end : {}) }),
});

test('an attached up shows output with names, and ends well when everything has ended', async () => {
  const shop = openShop('services: { web: { image: nginx } }', talkative({ exitsAfterMs: 50, exitCode: 3 }));
  const { code, out } = await shop.run('up');
  expect(code).toBe(0);
  expect(out).toBe('Attaching to web-1\nweb-1  | hello from nginx\nweb-1 exited with code 3\n');
});

test('an attached up shows what hooks printed, under the name of their container and an arrow', async () => {
  const hooked = 'services: { web: { image: nginx, post_start: [{ command: [warm] }, { command: [register] }] } }';
  const output = { warm: { output: ['warming', 'warm'] }, register: { output: ['registered'] } };
  const shop = openShop(hooked, {
    behave: () => ({ exitsAfterMs: 50, output: ['hello'], commands: output }),
  });
  expect((await shop.run('up')).out).toBe(
    [
      'Attaching to web-1',
      'web-1 ->  | warming',
      'web-1 ->  | warm',
      'web-1 ->  | registered',
      'web-1     | hello',
      'web-1 exited with code 0',
      '',
    ].join('\n'),
  );
  expect((await shop.run('up -d')).out).toBe('');
});

test('one Ctrl-C stops the stack, and that is a good end', async () => {
  const shop = openShop(file, talkative());
  const running = shop.start('up');
  await until(() => attached(running));
  running.context.raise('SIGINT');
  const { code, err } = await running.ended;
  expect([code, states(shop)]).toEqual([0, ['exited', 'exited']]);
  expect(err).toContain('Gracefully stopping... (press Ctrl+C again to force)');
});

test('a second Ctrl-C kills the stack', async () => {
  const shop = openShop(file, talkative());
  const running = shop.start('up');
  await until(() => attached(running));
  running.context.raise('SIGINT');
  await until(() => running.context.errors().includes('Gracefully'));
  running.context.raise('SIGINT');
  const { code, err, calls } = await running.ended;
  expect([code, states(shop)]).toEqual([130, ['exited', 'exited']]);
  expect(err).toContain('Killing containers...');
  expect(calls.filter((call) => call.startsWith('kill'))).toEqual([
    'kill-container shop-db-1',
    'kill-container shop-web-1',
  ]);
});

test('a reader that goes away leaves the stack running', async () => {
  const shop = openShop(file, talkative());
  const running = shop.start('up');
  await until(() => attached(running));
  running.context.raise('SIGPIPE');
  expect((await running.ended).code).toBe(0);
  expect(states(shop)).toEqual(['running', 'running']);
});

test('--abort-on-container-exit stops the others and returns the code of the first that ended', async () => {
  const shop = openShop(file, talkative({ exitsAfterMs: 50, exitCode: 3 }));
  expect((await shop.run('up --abort-on-container-exit')).code).toBe(3);
  expect(states(shop)).toEqual(['exited', 'exited']);
});

test('--abort-on-container-failure lets a good end pass', async () => {
  const shop = openShop(file, talkative({ exitsAfterMs: 50 }));
  const running = shop.start('up --abort-on-container-failure');
  await until(() => running.context.output().includes('web-1 exited with code 0'));
  expect(states(shop)).toEqual(['running', 'exited']);
  running.context.raise('SIGINT');
  expect((await running.ended).code).toBe(0);
});

test('--exit-code-from returns the code of its service, whoever ended first', async () => {
  const shop = openShop(file, talkative({ exitsAfterMs: 50, exitCode: 3 }));
  expect((await shop.run('up --exit-code-from db')).code).toBe(143);
});

test.each([
  ['up --no-attach db', ['web-1']],
  ['up --attach db', ['db-1']],
  ['up web', ['web-1']],
  ['up --attach-dependencies web', ['db-1', 'web-1']],
])('%s shows the output of %j', async (line, names) => {
  const shop = openShop(file, talkative());
  const running = shop.start(line);
  await until(() => attached(running));
  running.context.raise('SIGPIPE');
  expect((await running.ended).out.split('\n')[0]).toBe(`Attaching to ${names.join(', ')}`);
});

test('attach: false in the file keeps a service silent', async () => {
  const shop = openShop(file.replace('image: postgres', 'image: postgres, attach: false'), talkative());
  const running = shop.start('up');
  await until(() => attached(running));
  running.context.raise('SIGPIPE');
  expect((await running.ended).out).not.toContain('postgres');
});

test('of what ran before, an attached up shows only what is new', async () => {
  const shop = openShop(file, talkative());
  await shop.run('up -d db');
  const running = shop.start('up');
  await until(() => running.context.output().includes('hello from nginx'));
  running.context.raise('SIGPIPE');
  expect((await running.ended).out).not.toContain('hello from postgres');
});

test('logs -f goes on until Ctrl-C, and follows what starts meanwhile', async () => {
  const shop = openShop(file, talkative());
  await shop.run('up -d db');
  const running = shop.start('logs -f');
  await until(() => running.context.output().includes('hello from postgres'));
  await shop.run('up -d');
  await until(() => running.context.output().includes('hello from nginx'));
  running.context.raise('SIGINT');
  expect((await running.ended).code).toBe(130);
});

test('logs -f ends silently when nobody reads any more', async () => {
  const shop = openShop(file, talkative());
  await shop.run('up -d');
  const running = shop.start('logs -f');
  await until(() => running.context.output().includes('hello from postgres'));
  running.context.raise('SIGPIPE');
  expect(await running.ended).toMatchObject({ code: 0, err: '' });
});
