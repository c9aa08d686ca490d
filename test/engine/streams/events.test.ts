import { expect, test } from 'vitest';

import { soon, withFakeEngine } from '../support/fake-engine.ts';

test('events of the stack come in our words, also when a message arrives in pieces', async () => {
  const message = JSON.stringify({
    Action: 'die',
    Actor: { ID: 'c0ffee', Attributes: { 'com.docker.compose.service': 'wéb', exitCode: '137' } },
  });
  await withFakeEngine(
    (_asked, response) => {
      const bytes = Buffer.from(`${message}\n`);
      response.writeHead(200);
      for (const byte of bytes) response.write(Buffer.from([byte]));
      return response;
    },
    async (engine, { asked }) => {
      for await (const event of engine.events('shop', soon())) {
        expect(event).toEqual({ container: 'c0ffee', action: 'die', service: 'wéb', exitCode: 137 });
        break;
      }
      expect(JSON.parse(asked[0]?.query.get('filters') ?? '')).toEqual({
        type: ['container'],
        label: ['com.docker.compose.project=shop'],
      });
    },
  );
});
