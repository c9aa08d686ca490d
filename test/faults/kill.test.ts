import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import type { Verdict } from '../support/real/fault-proxy.ts';
import type { Running } from '../support/real/stack.ts';
import { chance, choose } from './chance.ts';
import { scenarios } from './scenarios.ts';
import { openScore } from './score.ts';
import { type Aftermath, type Blow, openTrial, type Struck, strikeOnce, type Trial } from './trial.ts';

const patience = { timeout: 3_600_000 };
const score = openScore('Killed before and after every call that changes something, completed by one more up');
const updates = scenarios.filter(({ name }) => name.startsWith('recreate'));
const passing = openScore('A call without answer, and an answer of 500, once at every call');

onEachEngine((engine) => {
  test.each(scenarios)(
    '$name: a run that is killed at any call is completed by one more',
    patience,
    async (scenario) => {
      const random = chance(`kill ${scenario.name} ${engine.name}`);
      const trial = await openTrial(engine, scenario);
      const broken: string[] = [];
      for (const { at, when } of choose(await pointsOf(trial), 1, random)) {
        const { wrong, ran } = await insist(trial, { at, when, act: kill });
        expect([ran.hasStruck, ran.code]).toEqual([true, null]);
        broken.push(
          ...score.note(`${scenario.name}, ${engine.name}`, `${when} call ${at}, ${ran.calls[at - 1] ?? ''}`, wrong),
        );
      }
      expect(broken).toEqual([]);
    },
  );

  test.each(choose(updates, 1, chance(`updates ${engine.name}`)))(
    '$name: a call that fails once for no reason is made up for',
    patience,
    async (scenario) => {
      const random = chance(`answers ${scenario.name} ${engine.name}`);
      const trial = await openTrial(engine, scenario);
      const broken: string[] = [];
      for (const { at, when } of choose(await pointsOf(trial), 1, random)) {
        const verdict = when === 'before' ? 'answer-500' : 'reset';
        const { wrong, ran } = await insist(trial, { at, when, act: () => verdict });
        expect(ran.hasStruck).toBe(true);
        // An answer that was lost is looked up; one that says no may be a failure, and is told.
        const allowed = verdict === 'reset' ? [0] : [0, 1];
        const ends = allowed.includes(ran.code ?? -1) ? [] : [`exit code ${ran.code ?? 'none'} ${ran.stderr}`];
        const where = `${verdict} at call ${at}, ${ran.calls[at - 1] ?? ''}`;
        broken.push(...passing.note(`${scenario.name}, ${verdict}, ${engine.name}`, where, [...ends, ...wrong]));
      }
      expect(broken).toEqual([]);
    },
  );
});

const kill = async ({ child, ended }: Running): Promise<Verdict> => {
  child.kill('SIGKILL');
  await ended;
  return 'reset';
};

type Point = Pick<Blow, 'at' | 'when'>;

/** Counts the calls of an undisturbed run, which must end as it should. The first on an engine makes the lock's image. */
async function pointsOf(trial: Trial): Promise<readonly Point[]> {
  const { wrong, ran } = await strikeOnce(trial, undefined);
  expect(wrong).toEqual([]);
  expect(ran.calls.length).toBeGreaterThan(2);
  if (ran.calls.some((call) => call.includes('/images/create'))) return pointsOf(trial);
  return ran.calls.flatMap((_, index): readonly Point[] => [
    { at: index + 1, when: 'before' },
    { at: index + 1, when: 'after' },
  ]);
}

/** Calls at once come in any order and number: what was missed is tried again. */
async function insist(trial: Trial, blow: Blow): Promise<Aftermath<Struck>> {
  for (let tries = 1; ; tries += 1) {
    const aftermath = await strikeOnce(trial, blow);
    if (aftermath.ran.hasStruck || tries === 3) return aftermath;
  }
}
