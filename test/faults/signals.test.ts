import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { chance, choose, isComplete } from './chance.ts';
import { mixed } from './scenarios.ts';
import { openScore } from './score.ts';
import { disturb, openTrial } from './trial.ts';

const score = openScore('A signal to end at a random moment of an update, completed by one more up');

const endings = [
  { signal: 'SIGTERM', code: 143 },
  { signal: 'SIGHUP', code: 129 },
] as const;

onEachEngine((engine) => {
  test.each(choose(endings, 1, chance(`signals ${engine.name}`)))(
    '$signal ends an update in good order with $code',
    { timeout: 1_200_000 },
    async ({ signal, code }) => {
      const random = chance(`${signal} ${engine.name}`);
      const trial = await openTrial(engine, mixed);
      const startedAt = performance.now();
      const undisturbed = await disturb(trial, () => trial.stack.start('up', '-d').ended);
      const longestMs = performance.now() - startedAt;
      expect([undisturbed.ran.code, undisturbed.wrong]).toEqual([0, []]);
      const broken: string[] = [];
      for (let time = 0; time < (isComplete ? 12 : 1); ) {
        const afterMs = 200 + random() * Math.min(2000, longestMs);
        const { ran, wrong } = await disturb(trial, async () => {
          const { child, ended } = trial.stack.start('up', '-d');
          await Promise.race([ended, pause(afterMs)]);
          child.kill(signal);
          return ended;
        });
        // It was faster this time.
        if (ran.code === 0) continue;
        time += 1;
        const ends = ran.code === code ? [] : [`exit code ${ran.code ?? 'none'}: ${ran.stderr}`];
        broken.push(...score.note(`${signal}, ${engine.name}`, `after ${Math.round(afterMs)} ms`, [...ends, ...wrong]));
      }
      expect(broken).toEqual([]);
    },
  );
});
