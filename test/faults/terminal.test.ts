import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { program, type TestStack } from '../support/real/stack.ts';
import { chance, isComplete } from './chance.ts';
import { mixed } from './scenarios.ts';
import { openScore } from './score.ts';
import { disturb, openTrial } from './trial.ts';

const ctrlC = '\u0003';
const score = openScore('Ctrl-C in a terminal at a random moment of an update, completed by one more up');

onEachEngine((engine) => {
  test.each([
    { name: 'once', presses: 1, times: isComplete ? 25 : 2 },
    { name: 'twice', presses: 2, times: isComplete ? 25 : 1 },
  ])(
    'Ctrl-C $name ends with 130 and gives the terminal back',
    { timeout: 1_200_000 },
    async ({ name, presses, times }) => {
      const random = chance(`Ctrl-C ${name} ${engine.name}`);
      const trial = await openTrial(engine, mixed);
      const undisturbed = await disturb(trial, () => inTerminal(trial.stack, []));
      expect([undisturbed.ran.code, undisturbed.wrong]).toEqual([0, []]);
      const broken: string[] = [];
      for (let time = 0; time < times; ) {
        const [firstMs, restMs] = [random() * undisturbed.ran.tookMs * 0.95, 50 + random() * 400];
        const pauses = presses === 1 ? [firstMs] : [firstMs, restMs];
        const { ran, wrong } = await disturb(trial, () => inTerminal(trial.stack, pauses));
        // It was faster this time: no key was pressed while there was still something to interrupt.
        if (ran.code === 0 && (ran.pressed === 0 || ran.leftMs < 500)) continue;
        time += 1;
        const ends = [...ran.flaws, ...(ran.code === 130 ? [] : [`exit code ${ran.code}: ${ran.text}`])];
        // The second press leaves within a second; half a second more is the machine's.
        if (ran.pressed === 2 && ran.leftMs > 1500)
          ends.push(`left ${Math.round(ran.leftMs)} ms after the second press`);
        const where = `after ${pauses.map(Math.round).join(' and ')} ms of ${Math.round(undisturbed.ran.tookMs)}`;
        broken.push(...score.note(`${name}, ${engine.name}`, where, [...ends, ...wrong]));
      }
      expect(broken).toEqual([]);
    },
  );
});

interface Session {
  readonly code: number;
  readonly text: string;
  /** Keys that were pressed while the program ran. */
  readonly pressed: number;
  readonly tookMs: number;
  /** From the last press to the end. */
  readonly leftMs: number;
  /** How the terminal is not what it was. */
  readonly flaws: readonly string[];
}

/** Runs `stack up -d` in a pseudo-terminal and presses Ctrl-C after each of the pauses. */
async function inTerminal({ folder, environment }: TestStack, pauses: readonly number[]): Promise<Session> {
  const up = `'${process.execPath}' '${program}' up -d`;
  const shell = `trap : INT; stty -a >before; printf begin; ${up}; echo $? >code; trap '' INT; printf '\\nthe end'; stty -a >after`;
  const { NO_COLOR: _, ...variables } = environment;
  const child = spawn('script', ['-qefc', shell, '/dev/null'], {
    cwd: folder,
    env: { ...variables, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<'ended'>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.includes('begin')) begun.resolve();
    if (text.includes('\nthe end')) ended.resolve('ended');
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  await begun.promise;
  const startedAt = performance.now();
  let [pressed, pressedAt] = [0, startedAt];
  for (const pauseMs of pauses) {
    if ((await Promise.race([ended.promise, pause(pauseMs)])) === 'ended') break;
    child.stdin.write(ctrlC);
    [pressed, pressedAt] = [pressed + 1, performance.now()];
  }
  await Promise.race([ended.promise, closed]);
  const endedAt = performance.now();
  child.stdin.end();
  await closed;
  const [code, before, after] = await Promise.all(
    ['code', 'before', 'after'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  const flaws = before === after ? [] : [`stty: ${after ?? ''} instead of ${before ?? ''}`];
  if (text.lastIndexOf('\u001b[?25l') > text.lastIndexOf('\u001b[?25h')) flaws.push('the cursor is hidden');
  return { code: Number(code), text, pressed, tookMs: endedAt - startedAt, leftMs: endedAt - pressedAt, flaws };
}
