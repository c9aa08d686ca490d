import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTerminal } from './terminal.ts';

const columns = 80;
const rows = 24;
let folder = '';

beforeAll(async () => {
  // Inside the project, where the program finds the packages that are not bundled.
  folder = await mkdtemp(`${import.meta.dirname}/../../node_modules/.pty-`);
  await build({
    entryPoints: [fileURLToPath(new URL('pty-program.ts', import.meta.url))],
    outfile: `${folder}/program.mjs`,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Recording {
  /** The terminal's output, cut where a frame ends. */
  readonly frames: readonly string[];
  readonly elapsedMs: number;
}

/** Runs the program in a pseudo-terminal and keeps every byte that reaches it. */
async function record(mode: 'color' | 'plain'): Promise<Recording> {
  const program = `stty rows ${rows} cols ${columns}; exec '${process.execPath}' '${folder}/program.mjs' ${mode}`;
  const { CI: _, ...environment } = process.env;
  const child = spawn('script', ['-qefc', program, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, TERM: 'xterm-256color' },
  });
  const startedAt = performance.now();
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(0);
  return { frames: text.split(/(?<=\u001b\[\?2026l)/), elapsedMs: performance.now() - startedAt };
}

test('a hundred containers on a screen of 24 rows leave the scrollback alone', { timeout: 30_000 }, async () => {
  const { frames, elapsedMs } = await record('color');
  expect(frames.join('')).toContain('\u001b[31m');
  const terminal = openTerminal(columns, rows);

  for (const frame of frames.slice(0, -1)) {
    terminal.write(frame);
    // A region of all rows or more would have pushed its header off the screen.
    expect(terminal.screen().filter((line) => line.startsWith('[+] up wp'))).toHaveLength(1);
    expect(terminal.screen().at(-1)).toBe('');
  }
  terminal.write(frames.at(-1) ?? '');

  const everything = [...terminal.scrollback(), ...terminal.screen()];
  const history = everything.filter((line) => line.startsWith('history'));
  expect(history).toEqual(Array.from({ length: 30 }, (_, index) => `history ${index + 1}`));
  expect(everything.filter((line) => line.startsWith('[+] up wp'))).toEqual([
    expect.stringMatching(/^\[\+] up wp 90\/100 {2}10 failed/),
  ]);
  expect(everything.filter((line) => line.startsWith('✘ Container'))).toHaveLength(10);
  expect(terminal.isCursorShown()).toBe(true);
  expect(frames.length).toBeGreaterThan(5);
  expect(frames.length).toBeLessThanOrEqual(elapsedMs / 100 + 2);
});

test('without colours the terminal gets no colour codes', { timeout: 30_000 }, async () => {
  const text = (await record('plain')).frames.join('');
  expect(text).toContain('[+] up wp');
  expect(text).not.toMatch(/\u001b\[[\d;]*m/);
});
