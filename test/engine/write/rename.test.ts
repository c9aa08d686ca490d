import { expect, test } from 'vitest';

import { idOf } from '../../support/builders.ts';
import { type FakeEngine, refuse, soon, withFakeEngine } from '../support/fake-engine.ts';

const id = idOf('web');
const refusal =
  'Could not add service state for endpoint app-web-1 to cluster on rename: cannot create entry in table endpoint_table with network id shared1 and key ab12, already exists';
const inspected = {
  Name: '/app-web-1.next',
  NetworkSettings: {
    Networks: {
      app_default: { NetworkID: 'shared1', Aliases: ['web', id.slice(0, 12)], DriverOpts: { a: 'b' }, IPAMConfig: {} },
      app_own: { NetworkID: 'own2' },
    },
  },
};

/** What was asked after the first refusal, each as `POST path body`. */
const changesOf = ({ asked }: FakeEngine): readonly string[] =>
  asked
    .filter(({ method }) => method === 'POST')
    .map(({ path, body }) => `${path.replace(/^\/v[\d.]+/, '').replace(id, 'ID')} ${body.toString()}`.trim());

test('a container that runs on a network of a swarm leaves it while it is renamed, and comes back as it was', async () => {
  let isConnected = true;
  await withFakeEngine(
    ({ path }, response) => {
      if (path.endsWith('/disconnect')) isConnected = false;
      if (path.endsWith('/rename') && isConnected) return refuse(response, 500, refusal);
      return path.endsWith('/json') ? inspected : {};
    },
    async (engine, fake) => {
      await engine.renameContainer(id, 'app-web-1', soon());

      const config = { Aliases: ['web'], Links: [], IPAMConfig: {}, DriverOpts: { a: 'b' } };
      expect(changesOf(fake)).toEqual([
        '/containers/ID/rename',
        `/networks/shared1/disconnect ${JSON.stringify({ Container: id })}`,
        '/containers/ID/rename',
        `/networks/shared1/connect ${JSON.stringify({ Container: id, EndpointConfig: config })}`,
      ]);
    },
  );
});

test('it comes back also where the name is refused for another reason', async () => {
  let isConnected = true;
  await withFakeEngine(
    ({ path }, response) => {
      if (path.endsWith('/disconnect')) isConnected = false;
      if (path.endsWith('/rename')) return refuse(response, isConnected ? 500 : 409, isConnected ? refusal : 'in use');
      return path.endsWith('/json') ? inspected : {};
    },
    async (engine, fake) => {
      await expect(engine.renameContainer(id, 'app-web-1', soon())).rejects.toMatchObject({ code: 'conflict' });
      expect(changesOf(fake).at(-1)).toMatch('/networks/shared1/connect');
    },
  );
});

test('it comes back also where nobody waits for the new name any more', async () => {
  const impatient = new AbortController();
  await withFakeEngine(
    ({ path }, response) => {
      if (path.endsWith('/rename')) return refuse(response, 500, refusal);
      if (path.endsWith('/disconnect')) setImmediate(() => impatient.abort());
      return path.endsWith('/json') ? inspected : {};
    },
    async (engine, fake) => {
      await expect(engine.renameContainer(id, 'app-web-1', impatient.signal)).rejects.toMatchObject({
        code: 'aborted',
      });
      expect(changesOf(fake).at(-1)).toMatch('/networks/shared1/connect');
    },
  );
});
