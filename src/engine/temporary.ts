import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a folder that nobody else can look into, for as long as this process lives. Whoever makes it removes it; those
 * of processes that were killed are removed here, since they may hold secrets.
 *
 * Its path is short enough for sockets in it, which may have a hundred characters.
 */
export function makeTemporaryFolder(parent = shortFolder()): string {
  const space = processSpace();
  for (const name of readdirSync(parent)) {
    if (isLeft(name, space)) rmSync(join(parent, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(parent, `stack-${space}-${process.pid}-`));
}

const shortFolder = (): string => (tmpdir().length <= 50 ? tmpdir() : '/tmp');

/** Numbers of processes mean nothing in another container that shares the folder. */
function processSpace(): string {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0).toString(36);
  } catch {
    return '0';
  }
}

function isLeft(name: string, space: string): boolean {
  const [, theirs, pid] = /^stack-([0-9a-z]+)-(\d+)-\w{6}$/.exec(name) ?? [];
  return theirs === space && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
