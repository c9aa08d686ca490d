import { expect, test } from 'vitest';

import type { Engine } from '../../src/engine/engine.ts';
import { engineName } from '../../src/model/id.ts';
import type { Operation } from '../../src/model/plan.ts';
import { execute } from '../../src/reconcile/execute.ts';
import { underVigil } from '../../src/reconcile/vigil.ts';
import { alpha, stack } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { memoryEngine } from '../support/memory-engine.ts';

const beta = engineName('beta');
const never = Number.POSITIVE_INFINITY;
const silence = new AbortController().signal;

test('an engine that hangs while it sends an image is found lost, and not after the deadline of the copy', async () => {
  const clock = virtualClock();
  const source = memoryEngine({ name: 'alpha', clock, images: ['nginx:1.27'] });
  const { engine } = source.connect();
  let heard: AbortSignal | undefined;
  const hanging: Engine = {
    ...engine,
    async exportImage(image, known, signal) {
      heard = signal;
      const archive = await engine.exportImage(image, known, signal);
      return { ...archive, chunks: hangs(signal) };
    },
  };
  const watched = underVigil(hanging, { clock, lostAfterMs: 3000 });
  const { chunks } = await watched.exportImage('nginx:1.27', new Set(), silence);
  source.world.frozenUntilMs = never;
  const reading = (async () => {
    for await (const chunk of chunks) expect(chunk).toHaveLength(1);
  })();

  await expect(reading).rejects.toMatchObject({ code: 'lost', engine: 'alpha' });
  expect(heard?.aborted).toBe(true);
  expect(clock.now()).toBeLessThan(5000);
});

async function* hangs(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1);
  await new Promise<void>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('cut')));
  });
}

test('what an engine cannot send is no loss of the one that waits for it', async () => {
  const clock = virtualClock();
  const source = memoryEngine({ name: 'alpha', clock, images: ['nginx:1.27'] });
  const target = memoryEngine({ name: 'beta', clock });
  source.world.cutUntilMs = never;
  const common = { address: 'volume/data', reasons: [] } as const;
  const operations: readonly Operation[] = [
    { ...common, engine: beta, kind: 'copy-image', image: 'nginx:1.27', imageId: undefined, from: alpha, sizeBytes: 1 },
    { ...common, engine: beta, kind: 'remove-volume', name: 'data' },
  ];
  const { results } = await execute(
    { steps: operations.map((operation, id) => ({ id, operation, after: [] })), notices: [] },
    {
      stack,
      engines: [source.connect().engine, target.connect().engine],
      observed: [],
      contents: new Map(),
      parallel: 1,
      clock,
      emit: () => undefined,
      stop: silence,
      abort: silence,
      permit: undefined,
    },
  );

  expect([...results.values()].map(({ kind }) => kind)).toEqual(['failed', 'done']);
});
