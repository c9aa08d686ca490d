import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { chainIds } from '../../src/engine/images/layers.ts';
import { build } from '../support/builders.ts';
import { call, execIn, imageId, removeImage } from '../support/real/api.ts';
import { type TestEngine, testEngines } from '../support/real/engines.ts';
import { openEngine } from '../support/real/transfer-program.ts';

const base = 'stack-test/busybox:1';
const mebibyte = 1024 * 1024;
const soon = (): AbortSignal => AbortSignal.timeout(60_000);
const pairs = testEngines().flatMap((from) =>
  testEngines().flatMap((to) => (from.host === to.host ? [] : [{ from, to }])),
);

interface Pair {
  readonly source: Engine;
  readonly target: Engine;
  readonly name: string;
  /** Makes an image on the source: lines of a Dockerfile. */
  readonly make: (tag: string, from: string, ...lines: readonly string[]) => Promise<string>;
  /** Copies it, and tells how many bytes went. */
  readonly copy: (image: string) => Promise<number>;
}

function openPair(from: TestEngine, to: TestEngine): Pair {
  const [source, target] = [openEngine(from.host), openEngine(to.host)];
  const name = `transfer-${randomBytes(4).toString('hex')}`;
  const images: string[] = [];
  onTestFinished(async () => {
    source.close();
    target.close();
    for (const image of images.toReversed()) for (const engine of [from, to]) await removeImage(engine, image);
  });
  return {
    source,
    target,
    name,
    make: async (tag, parent, ...lines) => {
      const image = `${name}:${tag}`;
      images.push(image);
      const wanted = build({
        context: import.meta.dirname,
        dockerfileInline: `FROM ${parent}\n${lines.map((line) => `RUN ${line}\n`).join('')}LABEL of=${image}\n`,
      });
      await source.buildImage(image, wanted, { report: () => undefined, signal: soon(), contents: new Map() });
      return image;
    },
    copy: async (image) => {
      const { sent, from: counted } = counting(source);
      await target.receiveImage(image, counted, { report: () => undefined, signal: soon() });
      return sent();
    },
  };
}

function counting(source: Engine): { readonly sent: () => number; readonly from: Pick<Engine, 'exportImage'> } {
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  return {
    sent: () => bytes,
    from: {
      exportImage: async (...asked) => {
        const archive = await source.exportImage(...asked);
        return { ...archive, chunks: counted(archive.chunks) };
      },
    },
  };
}

const fill = (mebibytes: number, file: string): string => `dd if=/dev/urandom of=${file} bs=1M count=${mebibytes}`;

describe.each(pairs)('from $from.name to $to.name', ({ from, to }) => {
  test('an image arrives with its id, and its program runs', async () => {
    const { make, copy, name } = openPair(from, to);
    const image = await make('1', base, 'echo one >/file', 'echo two >>/file');
    await copy(image);
    expect(await imageId(to, image)).toBe(await imageId(from, image));
    const created = { Image: image, Cmd: ['sleep', '600'], HostConfig: { Init: true } };
    const { Id } = (await call(to, 'POST', `/containers/create?name=${name}`, created)) as { readonly Id: string };
    onTestFinished(async () => void (await call(to, 'DELETE', `/containers/${Id}?force=1`)));
    await call(to, 'POST', `/containers/${Id}/start`);
    expect(await execIn(to, Id, 'cat', '/file')).toBe('one\ntwo\n');
  });

  test('only layers that the target lacks are sent', async () => {
    const { make, copy } = openPair(from, to);
    const first = await make('1', base, fill(8, '/eight'));
    expect(await copy(first)).toBeGreaterThan(8 * mebibyte);
    const second = await make('2', first, 'echo more >/more', fill(1, '/one'));
    const sent = await copy(second);
    expect(sent).toBeGreaterThan(mebibyte);
    expect(sent).toBeLessThan(2 * mebibyte);
    expect(await copy(second)).toBeLessThan(mebibyte / 8);
    expect(await imageId(to, second)).toBe(await imageId(from, second));
  });

  test('a layer that occurs twice arrives, though the target has its first occurrence', async () => {
    const { make, copy } = openPair(from, to);
    const touch = 'touch -d @1 /bin /empty';
    const first = await make('1', base, touch);
    await copy(first);
    const second = await make('2', first, 'rm /empty', touch, 'echo end >/end');
    await copy(second);
    expect(await imageId(to, second)).toBe(await imageId(from, second));
  });

  test('a target that refuses an archive without its layers is sent all of them', async () => {
    const { make, source, target } = openPair(from, to);
    const image = await make('1', base, fill(1, '/one'));
    const { RootFS } = (await call(from, 'GET', `/images/${image}/json`)) as { RootFS: { Layers: string[] } };
    const tries: number[] = [];
    const hasty: Pick<Engine, 'exportImage'> = {
      exportImage: (wanted, known, signal) => {
        tries.push(known.size);
        return source.exportImage(wanted, known.size === 0 ? known : new Set(chainIds(RootFS.Layers)), signal);
      },
    };
    await target.receiveImage(image, hasty, { report: () => undefined, signal: soon() });
    expect(tries).toEqual([expect.any(Number), 0]);
    expect(await imageId(to, image)).toBe(await imageId(from, image));
  });

  test('a copy that is given up leaves nothing, and the next one brings the image', async () => {
    const { make, copy, source, target } = openPair(from, to);
    const image = await make('1', base, fill(24, '/big'));
    const stop = new AbortController();
    const reports: number[] = [];
    const copied = target.receiveImage(image, source, {
      signal: stop.signal,
      report: (progress) => {
        reports.push(progress.kind === 'bytes' ? progress.done : 0);
        stop.abort();
      },
    });
    await expect(copied).rejects.toMatchObject({ code: 'aborted' });
    expect(reports[0]).toBeLessThan(24 * mebibyte);
    expect(await imageId(to, image)).toBeUndefined();
    await copy(image);
    expect(await imageId(to, image)).toBe(await imageId(from, image));
  });

  test('an image of 512 MiB passes in a quarter of that memory', async () => {
    const { make } = openPair(from, to);
    const image = await make('1', base, 'dd if=/dev/zero of=/big bs=1M count=512');
    const program = join(import.meta.dirname, '../support/real/transfer-program.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [program, from.host, to.host, image]);
    expect(await imageId(to, image)).toBe(await imageId(from, image));
    expect(Number(stdout)).toBeGreaterThan(0);
    expect(Number(stdout)).toBeLessThan(128 * mebibyte);
  });
});
