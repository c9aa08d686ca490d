import { extract } from 'tar-stream';
import { expect, test } from 'vitest';

import type { FileContent } from '../../../src/engine/engine.ts';
import { containerId } from '../../../src/model/id.ts';
import { soon, withFakeEngine } from '../support/fake-engine.ts';

const secret: FileContent = {
  file: {
    kind: 'secret',
    source: 'pw',
    target: '/run/secrets/pw',
    delivery: 'copy',
    path: undefined,
    digest: 'd',
    uid: 5,
    gid: 6,
    mode: 0o400,
  },
  bytes: Buffer.from('s3cret'),
};

test('files are put at the root, each with its owner and mode, as an archive that is not compressed', async () => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(200).end(),
    async (engine, { asked }) => {
      await engine.writeFiles(containerId('c0ffee'), [secret], soon());
      const [put] = asked;
      expect(put).toMatchObject({ method: 'PUT', url: '/v1.45/containers/c0ffee/archive?path=%2F' });
      const archive = extract();
      archive.end(put?.body);
      for await (const entry of archive) {
        expect(entry.header).toMatchObject({
          name: 'run/secrets/pw',
          uid: 5,
          gid: 6,
          mode: 0o400,
          size: 6,
          type: 'file',
        });
        entry.resume();
      }
    },
  );
});
