import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

const main = join(import.meta.dirname, '../../src/main.ts');

/** The real program, as a process. */
function stack(words: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [main, ...words], {
    cwd: '/',
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function ended(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const text = { out: '', err: '' };
  child.stdout?.on('data', (piece: Buffer) => (text.out += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (text.err += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}

test('a command writes its result and exits', async () => {
  expect(await ended(stack(['version']))).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^stack version \d/),
    err: '',
  });
});

test('a reader that goes away ends the program silently', async () => {
  const child = stack(['--help']);
  child.stdout?.destroy();
  expect(await ended(child)).toMatchObject({ code: 0, err: '' });
});

test('Ctrl-C ends the program while it waits for standard input', async () => {
  const child = stack(['-f', '-', 'config']);
  const end = ended(child);
  await catchesInterrupts(child);
  const timer = setInterval(() => child.kill('SIGINT'), 300);
  const { code } = await end;
  clearInterval(timer);
  expect(code).toBe(130);
});

/** Before its handler stands, the signal would just kill it. Bit 1 of the mask is SIGINT. */
async function catchesInterrupts({ pid }: ChildProcess): Promise<void> {
  await vi.waitUntil(
    () => {
      const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
      return (BigInt(`0x${mask}`) & 2n) !== 0n;
    },
    { timeout: 10_000, interval: 20 },
  );
}

test('a stack file is read from standard input to its end', async () => {
  const child = stack(['-f', '-', '-p', 'shop', 'config', '--services']);
  child.stdin?.write('services:\n  web: { image: nginx }\n');
  setTimeout(() => child.stdin?.end('  db: { image: postgres }\n'), 100);
  expect(await ended(child)).toMatchObject({ code: 0, out: 'db\nweb\n' });
});

test('an engine that is not there ends with 5, and DEBUG prints nothing of what we send', async () => {
  const child = stack(['ls'], { DEBUG: '*', DOCKER_HOST: 'unix:///nowhere/docker.sock' });
  const { code, err } = await ended(child);
  expect(code).toBe(5);
  expect(err).toMatch(/^error: engine default: .*\n(hint: .*\n)?$/);
});
