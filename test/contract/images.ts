import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';

import { type Engine, EngineError, type ImageArchive } from '../../src/engine/engine.ts';
import { engineName } from '../../src/model/id.ts';
import { build } from '../support/builders.ts';
import { codeOf, type Fixture, image, soon } from './fixture.ts';

type Source = Pick<Engine, 'exportImage'>;

const work = (): { readonly report: () => void; readonly signal: AbortSignal } => ({
  report: () => undefined,
  signal: soon(),
});

/** What the port promises of images that are handed from engine to engine. */
export function describeImages(open: () => Fixture): void {
  const made: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const remove of made.splice(0)) await remove();
  });

  /** An image of its own on the suite's, and its archive, which outlives it. */
  async function openImage(): Promise<{
    readonly fixture: Fixture;
    readonly reference: string;
    readonly source: Source;
  }> {
    const fixture = open();
    const { engine, name } = fixture;
    const reference = `${name('copied')}:1`;
    const dockerfileInline = `FROM ${image}\nLABEL of=${name('copied')}\n`;
    await engine.buildImage(reference, build({ context: import.meta.dirname, dockerfileInline }), {
      ...work(),
      contents: new Map(),
    });
    made.push(() => remove(fixture, reference));
    return { fixture, reference, source: await recorded(engine, reference) };
  }

  test('an image that came from another engine has the same id under the same reference', async () => {
    const { fixture, reference, source } = await openImage();
    const before = await idOf(fixture, reference);
    await remove(fixture, reference);
    await fixture.engine.receiveImage(reference, source, work());
    expect(before).toMatch(/^sha256:/);
    expect(await idOf(fixture, reference)).toBe(before);
  });

  test('a reference that meant another image means the one that came', async () => {
    const { fixture, reference, source } = await openImage();
    const wanted = await idOf(fixture, reference);
    const dockerfileInline = `FROM ${image}\nLABEL of=another\n`;
    const another = build({ context: import.meta.dirname, dockerfileInline });
    await fixture.engine.buildImage(reference, another, { ...work(), contents: new Map() });
    const other = await idOf(fixture, reference);
    expect(other).not.toBe(wanted);
    await fixture.engine.receiveImage(reference, source, work());
    expect(await idOf(fixture, reference)).toBe(wanted);
    if (other !== undefined) await fixture.engine.removeImage(other, soon());
  });

  test('what is here already is not asked for', async () => {
    const { fixture, reference, source } = await openImage();
    const asked: number[] = [];
    const counting: Source = {
      exportImage: (wanted, known, signal) => {
        asked.push(known.size);
        return source.exportImage(wanted, known, signal);
      },
    };
    await fixture.engine.receiveImage(reference, counting, work());
    expect(asked).toEqual([expect.any(Number)]);
    expect(asked[0]).toBeGreaterThan(0);
  });

  test('progress ends where it said that it would', async () => {
    const { fixture, reference, source } = await openImage();
    const reports: unknown[] = [];
    await fixture.engine.receiveImage(reference, source, { report: (it) => reports.push(it), signal: soon() });
    const last = reports.at(-1) as { readonly kind: string; readonly done: number; readonly total: number };
    expect(last.kind).toBe('bytes');
    expect(last.done).toBe(last.total);
    expect(last.done).toBeGreaterThan(0);
  });

  test('an image that the other engine lacks is not found, and nothing is here', async () => {
    const fixture = open();
    const reference = `${fixture.name('nothing')}:1`;
    expect(await codeOf(fixture.engine.receiveImage(reference, fixture.engine, work()))).toBe('not-found');
    expect(await idOf(fixture, reference)).toBeUndefined();
  });

  test('what fails on the other engine names the other engine', async () => {
    const { fixture, reference, source } = await openImage();
    await remove(fixture, reference);
    const lost = new EngineError('lost', engineName('far'), 'export: the connection broke');
    const breaking: Source = {
      exportImage: async (...asked) => ({ ...(await source.exportImage(...asked)), chunks: breakingChunks(lost) }),
    };
    const failure = await fixture.engine.receiveImage(reference, breaking, work()).catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ code: 'lost', engine: 'far' });
    expect(await idOf(fixture, reference)).toBeUndefined();
  });

  test('an archive that ends too early is refused, and nothing is here', async () => {
    const { fixture, reference, source } = await openImage();
    await remove(fixture, reference);
    const cut: Source = {
      exportImage: async (...asked) => {
        const archive = await source.exportImage(...asked);
        const chunks: Uint8Array[] = [];
        for await (const chunk of archive.chunks) chunks.push(chunk);
        const whole = Buffer.concat(chunks);
        return { ...archive, chunks: Readable.from([whole.subarray(0, Math.floor(whole.length / 3))]) };
      },
    };
    expect(await codeOf(fixture.engine.receiveImage(reference, cut, work()))).toBe('rejected');
    expect(await idOf(fixture, reference)).toBeUndefined();
  });
}

async function* breakingChunks(cause: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(512);
  await Promise.resolve();
  throw cause;
}

/** The whole archive that an engine gives of an image now. */
async function recorded(engine: Engine, reference: string): Promise<Source> {
  const read = async (known: ReadonlySet<string>): Promise<ImageArchive> => {
    const archive = await engine.exportImage(reference, known, soon());
    const chunks: Uint8Array[] = [];
    for await (const chunk of archive.chunks) chunks.push(chunk);
    return { ...archive, chunks: { [Symbol.asyncIterator]: () => Readable.from(chunks)[Symbol.asyncIterator]() } };
  };
  const whole = await read(new Set());
  return { exportImage: () => Promise.resolve(whole) };
}

const idOf = async ({ observe }: Fixture, reference: string) =>
  (await observe({ images: [reference] })).images.get(reference)?.id;

async function remove(fixture: Fixture, reference: string): Promise<void> {
  const id = await idOf(fixture, reference);
  if (id !== undefined) await fixture.engine.removeImage(id, soon());
}
