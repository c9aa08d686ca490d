import { expect, test } from 'vitest';
import type { ContainerEvent } from '../../../src/engine/engine.ts';
import { soon, withFakeEngine } from '../support/fake-engine.ts';

const message = (action: string, labels: Readonly<Record<string, string>>): string =>
  `${JSON.stringify({ Action: action, Actor: { ID: 'c0ffee', Attributes: labels } })}\n`;

/** What a client hears of these messages, and what it asked for. */
async function heard(messages: readonly string[]): Promise<{ events: readonly ContainerEvent[]; filters: unknown }> {
  const events: ContainerEvent[] = [];
  let filters: unknown;
  await withFakeEngine(
    (_asked, response) => {
      response.writeHead(200);
      for (const byte of Buffer.from(messages.join(''))) response.write(Buffer.from([byte]));
      return response;
    },
    async (engine, { asked }) => {
      for await (const event of engine.events('shop', soon())) {
        events.push(event);
        if (event.action === 'destroy') break;
      }
      filters = JSON.parse(asked[0]?.query.get('filters') ?? '');
    },
  );
  return { events, filters };
}

const own = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'wéb' };

test('events of the stack come in our words, also when a message arrives in pieces', async () => {
  const { events } = await heard([message('die', { ...own, exitCode: '137' }), message('destroy', own)]);
  expect(events[0]).toEqual({ container: 'c0ffee', action: 'die', service: 'wéb', exitCode: 137 });
});

test('probes of healthchecks are not asked for, and containers of others are passed over', async () => {
  const other = { ...own, 'com.docker.compose.project': 'other' };
  const { events, filters } = await heard([message('die', other), message('destroy', own)]);
  expect(events.map(({ action }) => action)).toEqual(['destroy']);
  expect(filters).toMatchObject({ type: ['container'], event: expect.arrayContaining(['die', 'health_status']) });
  expect(JSON.stringify(filters)).not.toContain('exec');
});

test('the lock of the stack and the availability of the engine are marks, the lock of another stack is none', async () => {
  const lock = (stack: string): Readonly<Record<string, string>> => ({
    'stack.lock': stack,
    'stack.lock.run': 'r1',
    'stack.lock.command': 'down',
  });
  const { events } = await heard([
    message('create', lock('other')),
    message('create', lock('shop')),
    message('destroy', { 'stack.availability': 'drain' }),
  ]);
  expect(events.map(({ action, mark }) => [action, mark])).toEqual([
    ['create', { kind: 'lock', run: 'r1', command: 'down' }],
    ['destroy', { kind: 'availability' }],
  ]);
});
