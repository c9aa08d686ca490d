import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { SshEndpoint } from '../../target.ts';
import { makeTemporaryFolder } from '../../temporary.ts';
import { masterArguments, type SharedSockets } from './arguments.ts';
import { endOfSsh, SshError, startSsh } from './pipes.ts';

/** One ssh connection that stands, and lends itself to many. */
export interface Master {
  readonly sockets: SharedSockets;
  /** Resolves when it is gone, whoever ended it. */
  readonly gone: Promise<unknown>;
  readonly close: () => void;
}

/** How often we look whether the connection stands. */
const pollMs = 5;
/** Longer than a login takes, whose beginning `ssh` itself gives up after ten seconds. */
const loginMs = 30_000;

/** Connects and logs in. Rejects with what `ssh` said if it could not; `close` on the way ends that, too. */
export function startMaster(endpoint: SshEndpoint): { readonly master: Master; readonly ready: Promise<Master> } {
  const folder = makeTemporaryFolder();
  const sockets = { control: join(folder, 'c'), forwarded: join(folder, 'd') };
  const child = startSsh(masterArguments(endpoint, sockets));
  child.stdout.resume();
  let isGone = false;
  const removeFolder = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const gone = endOfSsh(child).then((error) => {
    isGone = true;
    removeFolder();
    return error;
  });
  const close = (): void => {
    child.kill();
    // We may be gone before it is.
    removeFolder();
  };
  const master = { sockets, gone, close };
  return { master, ready: untilReady() };

  async function untilReady(): Promise<Master> {
    const untilMs = performance.now() + loginMs;
    // It binds the socket once it has logged in.
    while (!isGone && !existsSync(sockets.forwarded)) {
      await sleep(pollMs);
      if (performance.now() < untilMs) continue;
      close();
      throw new SshError(`ssh has not logged in within ${loginMs / 1000} s`);
    }
    if (isGone) throw (await gone) ?? new SshError('ssh ended before it was connected');
    return master;
  }
}
