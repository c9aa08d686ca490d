import fc from 'fast-check';
import { test } from 'vitest';

import { type Command, commands, openHistory } from './history.ts';

/** `SIM=all` tries so many as there is time for; `SIM_SEED` repeats a run. */
const isWhole = process.env['SIM'] === 'all';
const seed = Number(process.env['SIM_SEED'] ?? (isWhole ? Date.now() % 2 ** 31 : 1));
const numRuns = isWhole ? 2000 : 100;

test('whatever people, deaths and others do to a stack, it is in the end what was asked for last', {
  timeout: 1_800_000,
}, async () => {
  if (isWhole) process.stderr.write(`SIM_SEED=${seed}\n`);
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 25 }), async (history) => {
      await fc.asyncModelRun(openHistory, history as Iterable<Command>);
    }),
    { numRuns, seed },
  );
});
