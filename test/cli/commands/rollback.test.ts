import { expect, test } from 'vitest';
import { openShop } from '../support/stack.ts';

const file = (version: string): string => `
services:
  web: { image: nginx, environment: { VERSION: "${version}" } }
  api: { image: nginx, environment: { VERSION: "${version}" } }
`;

/** A container without healthcheck has to run for two real seconds. */
const patience = 20_000;

async function openUpdated(): Promise<ReturnType<typeof openShop>> {
  const shop = openShop(file('1'));
  await shop.run('up -d');
  shop.write(file('2'));
  await shop.run('up -d');
  return shop;
}

test('rollback goes back to the version before and exits with 0; a second one changes nothing', {
  timeout: patience,
}, async () => {
  const shop = await openUpdated();
  expect((await shop.run('rollback')).code).toBe(0);
  expect((await shop.run('plan')).out).toContain('environment.VERSION: "1" → "2"');
  const again = await shop.run('rollback');
  expect(again).toMatchObject({ code: 0, calls: [] });
  expect(again.err).toContain('web has no version to go back to');
});

test('rollback of one service leaves the others as they are', { timeout: patience }, async () => {
  const shop = await openUpdated();
  await shop.run('rollback web');
  const { out } = await shop.run('plan');
  expect(out).toContain('service/web/1');
  expect(out).not.toContain('service/api/1');
});

test('rollback --dry-run shows the plan with its reasons, and changes nothing', { timeout: patience }, async () => {
  const shop = await openUpdated();
  const { code, out, calls } = await shop.run('--dry-run rollback web');
  expect(calls).toEqual([]);
  expect([code, out]).toEqual([
    0,
    [
      '~ service/web/1  recreate  a rollback was asked for',
      '                           environment.VERSION: "2" → "1"',
      '',
      '0 to create, 1 to recreate, 0 to remove',
      '',
    ].join('\n'),
  ]);
});

test('rollback refuses a service that is not there, before it contacts anything', { timeout: patience }, async () => {
  const shop = await openUpdated();
  expect(await shop.run('rollback wbe')).toMatchObject({ code: 2, calls: [] });
});
