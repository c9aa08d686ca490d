import { spawn } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { BuildSpec } from '../../../model/desired.ts';
import { LocalError } from '../../errors.ts';
import { makeTemporaryFolder } from '../../temporary.ts';

/** Agents that a build may ask, by id, and the end of those that were started for it. */
export interface SshAgents {
  readonly sockets: ReadonlyMap<string, string>;
  readonly close: () => Promise<void>;
}

/**
 * `ssh: [default]` is the user's own agent, `ssh: {id: path}` the agent at a socket, or one that is started for this
 * build and holds the key in that file. A key leaves this machine in neither case.
 */
export async function openSshAgents(
  { ssh }: BuildSpec,
  environment: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<SshAgents> {
  const sockets = new Map<string, string>();
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing) await end();
  };
  try {
    for (const [id, path] of ssh) {
      const given = path === '' ? environment.get('SSH_AUTH_SOCK') : path;
      if (!given) throw new LocalError(`\`ssh: ${id}\` needs an ssh agent, and SSH_AUTH_SOCK is not set`);
      const found = await stat(given).catch(() => undefined);
      if (found === undefined) throw new LocalError(`\`ssh: ${id}\`: there is no ${given}`);
      sockets.set(id, found.isSocket() ? given : await startAgent(given, environment, { closing, signal }));
    }
    return { sockets, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function startAgent(
  key: string,
  environment: ReadonlyMap<string, string>,
  { closing, signal }: { readonly closing: (() => Promise<void>)[]; readonly signal: AbortSignal },
): Promise<string> {
  const folder = makeTemporaryFolder();
  const socket = join(folder, 'agent');
  // It ends with its command, which ends when we do, however we end: nobody else may find the key in it.
  const agent = spawn('ssh-agent', ['-a', socket, 'cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    signal,
  });
  const failed = new Promise<never>((_resolve, reject) => {
    agent.on('error', reject);
    agent.on('exit', () => reject(new Error('ssh-agent ended')));
  });
  failed.catch(() => undefined);
  closing.push(async () => {
    agent.kill();
    await rm(folder, { recursive: true, force: true });
  });
  const started = new Promise((resolve) => agent.stdout.once('data', resolve));
  agent.stdin.on('error', () => undefined).write('ready\n');
  await Promise.race([started, failed]).catch((cause: unknown) => {
    throw new LocalError('a key for `ssh` needs the program ssh-agent', { cause });
  });
  await addKey(key, { ...Object.fromEntries(environment), SSH_AUTH_SOCK: socket }, signal);
  return socket;
}

async function addKey(key: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  // Never asks: a key with a passphrase belongs into the user's own agent.
  const adding = spawn('ssh-add', ['-q', '--', key], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...env, SSH_ASKPASS_REQUIRE: 'never' },
    detached: true,
    signal,
  });
  const ended = new Promise<number>((resolve) => {
    adding.on('error', () => resolve(127));
    adding.on('close', (code) => resolve(code ?? 1));
  });
  const complaint = await text(adding.stderr);
  if ((await ended) !== 0)
    throw new LocalError(`cannot use the ssh key ${key}: ${complaint.trim() || 'ssh-add failed'}`);
}
