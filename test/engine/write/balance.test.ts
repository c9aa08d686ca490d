import { extract } from 'tar-stream';
import { expect, test } from 'vitest';

import { EngineError } from '../../../src/engine/engine.ts';
import { haproxyConfig } from '../../../src/engine/write/haproxy.ts';
import type { Balancing } from '../../../src/model/balancing.ts';
import { containerId } from '../../../src/model/id.ts';
import { soon, withFakeEngine } from '../support/fake-engine.ts';

const balancing: Balancing = {
  listeners: [
    { port: 80, mode: 'http' },
    { port: 443, mode: 'tcp' },
  ],
  servers: ['a', 'b'].map((digit) => containerId(digit.repeat(64))),
};

test('each port is passed on to the same port of every server, which DNS finds by its short id', () => {
  const sections = haproxyConfig(balancing)
    .split(/^(?=listen )/m)
    .slice(1);
  expect(sections.map((section) => section.match(/^listen .*|bind .*|mode .*|server .*/gm))).toEqual([
    [
      'listen port-80',
      `bind "\${BALANCER_ADDRESS}:80" v4v6`,
      'mode http',
      'server aaaaaaaaaaaa aaaaaaaaaaaa:80',
      'server bbbbbbbbbbbb bbbbbbbbbbbb:80',
    ],
    [
      'listen port-443',
      `bind "\${BALANCER_ADDRESS}:443" v4v6`,
      'mode tcp',
      'server aaaaaaaaaaaa aaaaaaaaaaaa:443',
      'server bbbbbbbbbbbb bbbbbbbbbbbb:443',
    ],
  ]);
});

test('only requests that may be asked twice are asked again of another server', () => {
  const [, http = '', tcp = ''] = haproxyConfig(balancing).split(/^listen /m);
  expect(http).toContain('retry-on conn-failure empty-response');
  expect(http).toContain('disable-l7-retry unless { method GET HEAD OPTIONS }');
  expect(tcp).not.toContain('retry-on');
});

test('a balancer that does not run is told by files of its own user', async () => {
  const files: string[] = [];
  await withFakeEngine(
    ({ method }, response) =>
      method === 'PUT' ? response.writeHead(200).end() : { State: { Status: 'created', Running: false } },
    async (engine, { asked }) => {
      await engine.balance(containerId('c0ffee'), balancing, soon());
      const put = asked.find(({ method }) => method === 'PUT');
      expect(put?.url).toBe('/v1.45/containers/c0ffee/archive?path=%2F');
      const archive = extract();
      archive.end(put?.body);
      for await (const entry of archive) {
        const { name, uid, mode } = entry.header;
        files.push(`${name} ${uid} ${mode.toString(8)}`);
        entry.resume();
      }
    },
  );
  expect(files).toEqual(['tmp/stack 99 755', 'tmp/stack/haproxy.cfg 99 644', 'tmp/stack/applied.json 99 644']);
});

test('a balancer that takes no configuration is left as it is, and its words are told', async () => {
  const words = Buffer.from('unknown keyword\n');
  const header = Buffer.alloc(8);
  header[0] = 2;
  header.writeUInt32BE(words.length, 4);
  await withFakeEngine(
    ({ path }, response) => {
      if (path.endsWith('/exec')) return { Id: 'e1' };
      if (path.endsWith('/start')) return response.writeHead(200).end(Buffer.concat([header, words]));
      if (path.includes('/exec/')) return { Running: false, ExitCode: 1 };
      return { State: { Status: 'running', Running: true } };
    },
    async (engine) => {
      const told = engine.balance(containerId('c0ffee'), balancing, soon());
      await expect(told).rejects.toThrow(EngineError);
      await expect(told).rejects.toMatchObject({
        code: 'rejected',
        message: 'tell balancer c0ffee where to send: unknown keyword',
      });
    },
  );
});
