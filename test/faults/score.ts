import { afterAll } from 'vitest';
import { isComplete, seed } from './chance.ts';

/** A table of how often all was well, printed when a file's tests have ended. */
export interface Score {
  /** Counts one trial and gives back what was wrong, told with where it was. */
  readonly note: (row: string, where: string, wrong: readonly string[]) => readonly string[];
}

export function openScore(title: string): Score {
  const rows = new Map<string, { well: number; all: number }>();
  afterAll(() => {
    const lines = [...rows].map(([row, { well, all }]) => `${row.padEnd(60)} ${well} of ${all}`);
    process.stderr.write(`\n${title} (STACK_TEST_SEED=${seed})\n${lines.join('\n')}\n`);
  });
  return {
    note(row, where, wrong) {
      const { well, all } = rows.get(row) ?? { well: 0, all: 0 };
      rows.set(row, { well: well + (wrong.length === 0 ? 1 : 0), all: all + 1 });
      if (isComplete && wrong.length === 0) process.stderr.write(`${row}, ${where}: well\n`);
      if (wrong.length > 0) process.stderr.write(`${row}, ${where}: ${wrong.join('\n  ')}\n`);
      return wrong.map((it) => `${where}: ${it}`);
    },
  };
}
