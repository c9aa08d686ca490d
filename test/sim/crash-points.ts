import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import type { Fault } from '../support/memory-client.ts';
import type { Scenario } from './scenario.ts';
import { type History, simulate } from './simulate.ts';

const deaths = ['crash-before', 'crash-after'] as const;

/** `SIM=all` tries every pair of deaths and every point of all else; else a few, the same ones each time. */
const isWhole = process.env['SIM'] === 'all';
const few = 4;
/** What the random deaths follow from; `SIM_SEED` repeats a run. */
const seed = Number(process.env['SIM_SEED'] ?? (isWhole ? Date.now() % 2 ** 31 : 1));
const patience = { timeout: isWhole ? 3_600_000 : 120_000 };
/** Longer than others wait for a sign of life. */
const stallMs = 20_000;

/** Declares the tests that each scenario passes whatever happens to those who carry it out. */
export function describeCrashPoints(scenarios: readonly Scenario[]): void {
  countRuns();
  describe.each(scenarios)('$name', (scenario) => {
    test('an undisturbed run ends as it should', async () => {
      const { calls, violations } = await trySimulate(scenario, { runs: [[]] });

      expect(violations).toEqual([]);
      expect(calls.length).toBeGreaterThan(2);
    });

    test('a run that dies before or after any call is completed by one more run', patience, async () => {
      const points = some(pointsIn(await callsOf(scenario)), 6 * few);

      expect(
        await breaks(
          scenario,
          points.map((fault) => ({ runs: [[fault]] })),
        ),
      ).toEqual([]);
    });

    test('two runs that die one after the other are completed by a third', patience, async () => {
      const calls = await callsOf(scenario);
      // The second run has at most the calls of the first, and those that clean up after it.
      const seconds = pointsIn(calls, 4);
      const pairs = pointsIn(calls).flatMap((first) => seconds.map((second) => ({ runs: [[first], [second]] })));

      expect(await breaks(scenario, some(pairs, 3 * few))).toEqual([]);
    });

    test('three runs that die anywhere are completed by a fourth', patience, async () => {
      const points = pointsIn(await callsOf(scenario), 4);
      const arbitrary = fc.array(fc.constantFrom(...points), { minLength: 3, maxLength: 3 });
      const runs = fc.sample(arbitrary, { numRuns: isWhole ? 300 : 3, seed });

      expect(
        await breaks(
          scenario,
          runs.map((faults) => ({ runs: faults.map((fault) => [fault]) })),
        ),
      ).toEqual([]);
    });

    test('two runs at once take turns, also when one of them dies', patience, async () => {
      const points = some(pointsIn(await callsOf(scenario)), few);
      const histories = points.flatMap((fault): readonly History[] => [
        { runs: [[fault]], hasCompany: true },
        { runs: [[fault]], hasCompany: true, isElsewhere: true },
      ]);

      expect(await breaks(scenario, [{ runs: [[]], hasCompany: true }, ...histories])).toEqual([]);
    });

    test('a run that stands still for a while changes nothing once others may have its lock', patience, async () => {
      const stalls = await each(scenario, { kind: 'stall', forMs: stallMs });
      const histories = some(stalls, few).flatMap((fault): readonly History[] => [
        { runs: [[fault]] },
        { runs: [[fault]], hasCompany: true, isElsewhere: true },
      ]);

      expect(await breaks(scenario, histories)).toEqual([]);
    });

    test.each(['lost', 'hang'] as const)('an answer that is %s at any call is made up for', patience, async (kind) => {
      // A hook or a pull may take its time: one that says nothing for too long has failed.
      const faults = await each(scenario, { kind }, (call) => kind !== 'hang' || !/^(run-hook|pull-image)/.test(call));

      expect(
        await breaks(
          scenario,
          some(faults, few).map((fault) => ({ runs: [[fault]] })),
        ),
      ).toEqual([]);
    });

    test('a call that is refused for no reason leaves nothing that one more run cannot mend', patience, async () => {
      const faults = some(await each(scenario, { kind: 'error' }), few);

      expect(
        await breaks(
          scenario,
          faults.map((fault) => ({ runs: [[fault]] })),
        ),
      ).toEqual([]);
    });

    // What power took down is started by `up` alone, and cannot go on serving where the update is bad.
    const isStarted = scenario.request.kind === 'up' && scenario.bad === undefined;
    test.each(isStarted ? (['cut', 'power'] as const) : (['cut'] as const))(
      'an engine that is lost by a %s at any call is waited for, and completed when it is back later',
      patience,
      async (kind) => {
        const brief = await each(scenario, { kind, forMs: 5000 });
        const long = await each(scenario, { kind });

        expect(
          await breaks(
            scenario,
            some([...brief, ...long], few).map((fault) => ({ runs: [[fault]] })),
          ),
        ).toEqual([]);
      },
    );
  });
}

let [tried, startedAt] = [0, 0];

function countRuns(): void {
  startedAt = performance.now();
  afterAll(() => {
    const minutes = (performance.now() - startedAt) / 60_000;
    if (isWhole)
      process.stderr.write(
        `SIM_SEED=${seed}: ${tried} histories, ${Math.round(tried / minutes)} a minute, ${minutes.toFixed(1)} minutes\n`,
      );
  });
}

function trySimulate(scenario: Scenario, history: History): ReturnType<typeof simulate> {
  tried += 1;
  return simulate(scenario, history);
}

/** The calls of an undisturbed run. */
const callsOf = async (scenario: Scenario): Promise<readonly string[]> =>
  (await trySimulate(scenario, { runs: [[]] })).calls;

const pointsIn = (calls: readonly string[], more = 0): readonly Fault[] =>
  Array.from({ length: calls.length + more }, (_, index) =>
    deaths.map((kind): Fault => ({ call: index + 1, kind })),
  ).flat();

/** This fault at every call. */
async function each(
  scenario: Scenario,
  fault: Omit<Fault, 'call'>,
  isMeant: (call: string) => boolean = () => true,
): Promise<readonly Fault[]> {
  const calls = await callsOf(scenario);
  return calls.flatMap((call, index) => (isMeant(call) ? [{ ...fault, call: index + 1 }] : []));
}

/** All in a whole run, else so many, evenly spread. */
function some<T>(items: readonly T[], count: number): readonly T[] {
  const stride = isWhole ? 1 : Math.max(1, items.length / count);
  return items.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}

async function breaks(scenario: Scenario, histories: readonly History[]): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const history of histories) {
    const { violations } = await trySimulate(scenario, history);
    const where = history.runs
      .map((faults) => faults.map(({ kind, call }) => `${kind} ${call}`).join())
      .join(', then ');
    const how = `${history.hasCompany === true ? ', in company' : ''}${history.isElsewhere === true ? ', elsewhere' : ''}`;
    broken.push(...violations.map((violation) => `${where}${how}: ${violation}`));
  }
  return broken;
}
