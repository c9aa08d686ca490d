import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import type { Verdict } from '../support/real/fault-proxy.ts';
import { type HostCommand, openHost } from '../support/real/hosts.ts';
import { chance, choose, isComplete } from './chance.ts';
import { mixed } from './scenarios.ts';
import { openScore } from './score.ts';
import { type Blow, openTrial, strikeOnce } from './trial.ts';

/** What happens to the engine in the middle of a call, and what brings it back how much later. */
interface Accident {
  readonly name: string;
  readonly first: HostCommand;
  readonly then?: { readonly command: HostCommand; readonly afterMs: number | 'run ended' };
  readonly times: number;
}

const accidents: readonly Accident[] = [
  { name: 'killed', first: 'crash', times: 6 },
  { name: 'restarted', first: 'restart', times: 5 },
  { name: 'frozen for 5 s', first: 'freeze', then: { command: 'thaw', afterMs: 5_000 }, times: 4 },
  {
    name: 'frozen for good',
    first: 'freeze',
    then: { command: 'thaw', afterMs: 'run ended' },
    times: isComplete ? 2 : 0,
  },
  { name: 'cut off for 5 s', first: 'cut', then: { command: 'heal', afterMs: 5_000 }, times: 4 },
  {
    name: 'cut off for good',
    first: 'cut',
    then: { command: 'heal', afterMs: 'run ended' },
    times: isComplete ? 2 : 0,
  },
  { name: 'without power', first: 'lose', then: { command: 'boot', afterMs: 2_000 }, times: 3 },
];

/** A run ends by itself: up to 60 s for a start, 30 s for the look after it, 5 s for the lock, and the time before. */
const longestMs = 105_000;
const score = openScore('The engine breaks down at a random call of an update, completed by one more up');

onEachEngine((engine) => {
  test.each(
    choose(
      accidents.filter(({ times }) => times > 0),
      1,
      chance(`accidents ${engine.name}`),
    ),
  )(
    'an engine that is $name: the run ends by itself, and one more completes it',
    { timeout: 1_200_000 },
    async (accident) => {
      const random = chance(`${accident.name} ${engine.name}`);
      const trial = await openTrial(engine, mixed);
      const { ran } = await strikeOnce(trial, undefined);
      const host = await openHost(engine);
      const broken: string[] = [];
      for (let time = 1; time <= (isComplete ? accident.times : 1); ) {
        const at = 1 + Math.floor(random() * ran.calls.length);
        const when = random() < 0.5 ? 'before' : 'after';
        const startedAt = performance.now();
        const blow = accidentally(accident, host, random() * 300);
        const { ran: struck, wrong } = await strikeOnce(trial, { at, when, ...blow });
        // Calls at once vary in number: this time there were fewer.
        if (!struck.hasStruck) continue;
        time += 1;
        const tookMs = blow.endedAt() - startedAt;
        const where = `${when} call ${at}, ${struck.calls[at - 1] ?? ''}: exit code ${struck.code ?? 'none'} after ${Math.round(tookMs / 1000)} s`;
        const ends = [0, 1, 5, 6].includes(struck.code ?? -1) && tookMs < longestMs ? [] : [struck.stderr];
        broken.push(...score.note(`${accident.name}, ${engine.name}`, where, [...ends, ...wrong]));
      }
      expect(broken).toEqual([]);
    },
  );
});

type Accidental = Pick<Blow, 'act' | 'settle'> & { readonly endedAt: () => number };

function accidentally(
  { first, then }: Accident,
  host: (command: HostCommand) => Promise<void>,
  delayMs: number,
): Accidental {
  let recovery: Promise<void> = Promise.resolve();
  const recover = async (it: Accident['then']): Promise<void> => {
    if (it === undefined) return;
    if (it.afterMs !== 'run ended') await pause(it.afterMs);
    await host(it.command);
  };
  let endedAt = 0;
  return {
    act: async (): Promise<Verdict> => {
      const accident = host(first);
      recovery = accident.then(() => (then?.afterMs === 'run ended' ? undefined : recover(then)));
      // The call reaches the engine on its way down.
      await Promise.race([accident, pause(delayMs)]);
      return 'pass';
    },
    settle: async () => {
      endedAt = performance.now();
      await recovery;
      if (then?.afterMs === 'run ended') await recover(then);
    },
    endedAt: () => endedAt,
  };
}
