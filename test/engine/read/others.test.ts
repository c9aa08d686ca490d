import { expect, test } from 'vitest';

import type { ForeignUse } from '../../../src/model/observed.ts';
import { refuse, soon, withFakeEngine } from '../support/fake-engine.ts';

interface Summary {
  readonly Names?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Ports?: readonly unknown[] | null;
}

/** What the stack `shop` learns of others where these containers run. */
async function others(...running: readonly Summary[]): Promise<ForeignUse | undefined> {
  const query = { stack: 'shop', networks: [], volumes: [], images: [], containerNames: [], wantsOthers: true };
  let found: ForeignUse | undefined;
  await withFakeEngine(
    ({ path, query: asked }, response) => {
      if (path.endsWith('/containers/json')) return asked.get('all') === null ? running : [];
      return /\/(info|networks|volumes)$/.test(path) ? {} : refuse(response, 404, 'no such thing');
    },
    async (engine) => {
      found = (await engine.observe(query, soon())).others;
    },
  );
  return found;
}

const of = (project: string): Readonly<Record<string, string>> => ({ 'com.docker.compose.project': project });
const bound = (IP: string, PublicPort: number) => ({ IP, PublicPort, PrivatePort: 80, Type: 'tcp' });

test('ports of containers outside the stack are told with the container’s name', async () => {
  const found = await others(
    { Names: ['/web/db', '/other-db-1'], Labels: of('other'), Ports: [bound('127.0.0.1', 9000)] },
    { Names: ['/plain'], Labels: null, Ports: [bound('0.0.0.0', 8080), { PrivatePort: 53, Type: 'udp' }] },
    { Names: ['/shop-web-1'], Labels: of('shop'), Ports: [bound('0.0.0.0', 80)] },
  );
  expect(found?.containers).toBe(2);
  expect(found?.ports).toEqual([
    { hostIp: '0.0.0.0', published: 8080, target: 80, protocol: 'tcp', container: 'plain' },
    { hostIp: '127.0.0.1', published: 9000, target: 80, protocol: 'tcp', container: 'other-db-1' },
  ]);
});

test('reservations of other stacks are summed up, and labels that are none count nothing', async () => {
  const reserving = (text: string): Summary => ({ Labels: { ...of('other'), 'stack.reserved': text } });
  const found = await others(
    reserving('{"cpuNanos":500000000,"memoryBytes":1000}'),
    reserving('{"cpuNanos":250000000}'),
    reserving('{"cpuNanos":-9e18,"memoryBytes":"many"}'),
    reserving('null'),
    reserving('{'),
  );
  expect(found).toEqual({ containers: 5, cpuNanos: 750_000_000, memoryBytes: 1000, ports: [] });
});
