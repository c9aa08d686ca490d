import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

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
  await takesInput(child);
  child.kill('SIGINT');
  expect(await end).toMatchObject({ code: 130 });
});

/** More than any pipe holds: it is gone once the program reads, and no sooner does the program hear signals. */
async function takesInput({ stdin }: ChildProcess): Promise<void> {
  const comment = '# '.padEnd(4 * 1024 * 1024, '-');
  await new Promise<void>((resolve, reject) => {
    stdin?.write(`${comment}\n`, (error) => (error ? reject(error) : resolve()));
  });
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
