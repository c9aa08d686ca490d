import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Fault } from '../support/memory-client.ts';
import { scenarios } from './scenarios.ts';
import { simulate } from './simulate.ts';

const deaths = ['crash-before', 'crash-after'] as const;

/** `SIM=all` tries every pair of deaths; else every eleventh, which shows the same mistakes sooner or later. */
const isWhole = process.env['SIM'] === 'all';
const stride = isWhole ? 1 : 11;
/** What the random deaths follow from; `SIM_SEED` repeats a run. */
const seed = Number(process.env['SIM_SEED'] ?? (isWhole ? Date.now() % 2 ** 31 : 1));
const randomRuns = isWhole ? 300 : 3;
if (isWhole) process.stdout.write(`SIM_SEED=${seed}\n`);
const patience = { timeout: stride === 1 ? 1_200_000 : 120_000 };

describe.each(scenarios)('$name', (scenario) => {
  test('an undisturbed run ends as it should', async () => {
    const { calls, violations } = await simulate(scenario, [[]]);

    expect(violations).toEqual([]);
    expect(calls.length).toBeGreaterThan(0);
  });

  test('a run that dies before or after any call is completed by one more run', patience, async () => {
    const { calls } = await simulate(scenario, [[]]);

    expect(await breaks(pointsIn(calls.length).map((fault) => [[fault]]))).toEqual([]);
  });

  test('two runs that die one after the other are completed by a third', patience, async () => {
    const { calls } = await simulate(scenario, [[]]);
    // The second run has at most the calls of the first, and those that clean up after it.
    const seconds = pointsIn(calls.length + 4);
    const pairs = pointsIn(calls.length).flatMap((first) => seconds.map((second) => [[first], [second]]));

    expect(await breaks(pairs.filter((_, index) => index % stride === 0))).toEqual([]);
  });

  test('three runs that die anywhere are completed by a fourth', patience, async () => {
    const { calls } = await simulate(scenario, [[]]);
    const points = pointsIn(calls.length + 4);
    const arbitrary = fc.array(fc.constantFrom(...points), { minLength: 3, maxLength: 3 });
    const histories = fc.sample(arbitrary, { numRuns: randomRuns, seed });

    expect(await breaks(histories.map((faults) => faults.map((fault) => [fault])))).toEqual([]);
  });

  test.each(['lost', 'hang'] as const)(
    'an answer that is %s at any call is made up for by the same run',
    patience,
    async (kind) => {
      const { calls } = await simulate(scenario, [[]]);

      // A hook may take its time: one that says nothing for too long has failed.
      const points = calls.flatMap((call, index) =>
        kind === 'hang' && call.startsWith('run-hook') ? [] : [[[{ call: index + 1, kind }]]],
      );
      expect(await breaks(points)).toEqual([]);
    },
  );

  async function breaks(histories: readonly (readonly (readonly Fault[])[])[]): Promise<readonly string[]> {
    const broken: string[] = [];
    for (const history of histories) {
      const { violations } = await simulate(scenario, history);
      const where = history.map(([fault]) => `${fault?.kind ?? ''} ${fault?.call ?? 0}`).join(', then ');
      broken.push(...violations.map((violation) => `${where}: ${violation}`));
    }
    return broken;
  }
});

const pointsIn = (calls: number): readonly Fault[] =>
  Array.from({ length: calls }, (_, index) => deaths.map((kind): Fault => ({ call: index + 1, kind }))).flat();
