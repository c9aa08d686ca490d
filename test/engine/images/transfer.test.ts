import { pack } from 'tar-stream';
import { expect, test } from 'vitest';

import { EngineError, type ImageArchive } from '../../../src/engine/engine.ts';
import { chainIds } from '../../../src/engine/images/layers.ts';
import { engineName, imageId } from '../../../src/model/id.ts';
import { type Answer, failureOf, refuse, soon, withFakeEngine } from '../support/fake-engine.ts';

const id = `sha256:${'a'.repeat(64)}`;
const layers = ['b', 'c'].map((letter) => `sha256:${letter.repeat(64)}`);
const blob = (diffId: string | undefined): string => `blobs/${diffId?.replace(':', '/') ?? ''}`;

async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name }, text);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

const whole = { [blob(layers[0])]: 'one'.repeat(1000), [blob(layers[1])]: 'two', 'manifest.json': '[]' };
const inspected = { Id: id, Size: 4000, RootFS: { Layers: layers } };

async function read({ chunks }: ImageArchive): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read).toString();
}

test('an archive leaves out what the other side knows, and says how much that is', async () => {
  const bytes = await archiveOf(whole);
  const answer: Answer = ({ path }, response) => (path.endsWith('/images/get') ? response.end(bytes) : inspected);
  await withFakeEngine(answer, async (engine, { asked }) => {
    const archive = await engine.exportImage('app:1', new Set(chainIds(layers).slice(0, 1)), soon());
    expect(archive.imageId).toBe(id);
    expect(archive.sizeBytes()).toBe(4000);
    const text = await read(archive);
    expect(text).toContain('two');
    expect(text).not.toContain('oneone');
    expect(archive.sizeBytes()).toBe(1000);
    expect(asked.at(-1)?.query.getAll('names')).toEqual(['app:1']);
  });
});

test('an archive that breaks off is the sending engine’s loss', async () => {
  const bytes = await archiveOf(whole);
  const answer: Answer = ({ path }, response) => {
    if (!path.endsWith('/images/get')) return inspected;
    response.writeHead(200);
    response.write(bytes.subarray(0, 700), () => response.destroy());
    return response;
  };
  await withFakeEngine(answer, async (engine) => {
    const archive = await engine.exportImage('app:1', new Set(), soon());
    expect(await failureOf(read(archive))).toMatchObject({ code: 'lost', engine: 'fake' });
  });
});

/** What a target answers that has no images, once it is sent an archive. */
const target =
  (loaded: Answer, here: string | undefined): Answer =>
  (asked, response) => {
    if (asked.path.endsWith('/info')) return {};
    if (asked.path.endsWith('/images/load')) return loaded(asked, response);
    if (asked.path.endsWith('/images/json')) return [];
    return here === undefined ? refuse(response, 404, 'No such image') : { Id: here };
  };

const source = (chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => ({
  exportImage: () =>
    Promise.resolve({
      imageId: imageId(id),
      sizeBytes: () => 3,
      chunks: chunks as AsyncIterable<Uint8Array>,
    }),
});

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

test('what the target says against an archive is the target’s error', async () => {
  const loaded: Answer = (_asked, response) => response.end('{"errorDetail":{"message":"no space left on device"}}\n');
  await withFakeEngine(target(loaded, undefined), async (engine) => {
    const received = engine.receiveImage('app:1', source(pieces('abc')), { report: () => undefined, signal: soon() });
    expect(await failureOf(received)).toMatchObject({
      engine: 'fake',
      message: 'receive app:1: no space left on device',
    });
  });
});

test('what breaks at the source ends the transfer with the source’s error', async () => {
  const cause = new EngineError('lost', engineName('far'), 'export app:1: the connection broke');
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('abc'));
    throw cause;
  }
  await withFakeEngine(
    target((_asked, response) => response.end(), undefined),
    async (engine) => {
      const received = engine.receiveImage('app:1', source(breaking()), { report: () => undefined, signal: soon() });
      expect(await failureOf(received)).toBe(cause);
    },
  );
});

test('an engine that keeps images in containerd is sent everything, and its own id is told', async () => {
  const known: number[] = [];
  const sending = source(pieces('abc'));
  const answer: Answer = (asked, response) =>
    asked.path.endsWith('/info')
      ? { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] }
      : target((_asked, answered) => answered.end('{"stream":"Loaded image: app:1"}\n'), 'sha256:other')(
          asked,
          response,
        );
  const texts: unknown[] = [];
  await withFakeEngine(answer, async (engine) => {
    await engine.receiveImage(
      'app:1',
      {
        exportImage: (_image, chains) => {
          known.push(chains.size);
          return sending.exportImage();
        },
      },
      { report: (progress) => texts.push(progress), signal: soon() },
    );
  });
  expect(known).toEqual([0]);
  expect(texts.at(-1)).toEqual({ kind: 'text', text: `app:1 has the id sha256:other here, and ${id} there` });
});

test('an image by digest is refused before anything is asked', async () => {
  await withFakeEngine(
    target(() => [], undefined),
    async (engine, { asked }) => {
      const received = engine.receiveImage(`app@${id}`, source([]), { report: () => undefined, signal: soon() });
      expect(await failureOf(received)).toMatchObject({ code: 'rejected', hint: 'name the image by a tag' });
      expect(asked).toEqual([]);
    },
  );
});
