import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import type { FileRead, Sources } from '../spec/sources.ts';
import type { Context } from './context.ts';

/** More than any stack file, secret or config can be; what a stack file may be is for the loader to say. */
export const largestFile = 16 * 1024 * 1024;

/**
 * The real file system as the loader may see it. Reads are bounded, and nothing but regular files is opened to the end.
 * Standard input was read before, by whoever could wait for it; `undefined` where nobody asked for it.
 */
export function fileSources(
  context: Pick<Context, 'environment' | 'workingDir' | 'homeDir'>,
  stdin: Uint8Array | undefined,
): Sources {
  return {
    read(path) {
      if (path !== '-') return readRegular(path);
      return stdin === undefined ? { kind: 'missing' } : bounded(stdin);
    },
    resolve: realPath,
    environment: withOwnNames(context.environment),
    workingDir: context.workingDir,
    homeDir: context.homeDir,
  };
}

/** Variables of Compose's that say which files to load; ours of the same name count before them. */
const aliases = ['FILE', 'PATH_SEPARATOR', 'PROJECT_NAME', 'PROFILES', 'ENV_FILES', 'DISABLE_ENV_FILE'];

function withOwnNames(environment: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const own = aliases.flatMap((name) => {
    const value = environment.get(`STACK_${name}`);
    return value === undefined ? [] : [[`COMPOSE_${name}`, value] as const];
  });
  return new Map([...environment, ...own]);
}

/** Reads one regular file. Opened without blocking, so that a FIFO without a writer is told apart and not waited for. */
export function readRegular(path: string): FileRead {
  if (path.includes('\0')) return { kind: 'missing' };
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { kind: kindOf(error) };
  }
  try {
    const status = fstatSync(file);
    if (status.isDirectory()) return { kind: 'directory' };
    // The usual way to say "no env file".
    if (realPath(path) === '/dev/null') return { kind: 'file', bytes: new Uint8Array() };
    if (!status.isFile()) return { kind: 'not-regular' };
    return bounded(readUpTo(file, largestFile));
  } catch (error) {
    return { kind: kindOf(error) };
  } finally {
    closeSync(file);
  }
}

/** Reads to the end, but at most one byte more than `limit`: files of /proc say 0 and hold more. */
function readUpTo(file: number, limit: number): Uint8Array {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total <= limit) {
    const chunk = Buffer.alloc(Math.min(64 * 1024, limit + 1 - total));
    const length = readSync(file, chunk, 0, chunk.length, null);
    if (length === 0) break;
    chunks.push(chunk.subarray(0, length));
    total += length;
  }
  return Buffer.concat(chunks);
}

function bounded(bytes: Uint8Array): FileRead {
  return bytes.length > largestFile ? { kind: 'too-large' } : { kind: 'file', bytes };
}

/** Of what exists, symbolic links resolved. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function kindOf(error: unknown): 'missing' | 'not-regular' | 'unreadable' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
  // Sockets, and devices without a driver, refuse to be opened.
  return code === 'ENXIO' || code === 'ENODEV' ? 'not-regular' : 'unreadable';
}
