import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A command line and where it runs. */
export interface Command {
  readonly program: readonly [string, ...string[]];
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What one run took. */
export interface Sample {
  readonly milliseconds: number;
  readonly peakBytes: number;
}

const limitMs = 120_000;
const lookEveryMs = 5;

/** Runs a command from its start to its end. Rejects if it fails, or takes two minutes. */
export async function measure({ program, args, folder, environment }: Command, signal: AbortSignal): Promise<Sample> {
  const [name, ...first] = program;
  const startedAt = performance.now();
  const child = spawn(name, [...first, ...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    killSignal: 'SIGKILL',
  });
  let peakBytes = 0;
  const looking = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, lookEveryMs);
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-4000);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    const milliseconds = performance.now() - startedAt;
    if (code !== 0) throw new Error(`${[...program, ...args].join(' ')} ended with ${code ?? 'a signal'}:\n${told}`);
    return { milliseconds, peakBytes };
  } finally {
    clearInterval(looking);
  }
}

/** The most memory that a running process held so far, as Linux counts it; 0 once it is gone. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
