import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';

import type { BuildSpec } from '../../model/desired.ts';
import { EngineError, type Work } from '../engine.ts';
import type { NamedEndpoint } from '../target.ts';
import { makeTemporaryFolder } from '../temporary.ts';
import { isRemoteContext } from './context.ts';
import { argumentsOf, type BuildRequest } from './request.ts';

const keptLines = 20;

/** Builds with BuildKit by the docker client's `docker buildx build`; refuses where it is not installed. */
export async function buildWithBuildx(
  target: NamedEndpoint,
  request: BuildRequest,
  feature: string,
  work: Work,
): Promise<void> {
  const { image, environment } = request;
  const found = await run({ parameters: ['buildx', 'version'], input: '', environment }, work.signal, () => undefined);
  if (found.code !== 0) {
    const hint = 'install the docker client with its buildx plugin on this machine';
    throw refusal(
      target,
      image,
      `${feature} needs BuildKit outside of the engine, and there is no docker buildx`,
      hint,
    );
  }
  const folder = makeTemporaryFolder();
  try {
    await writeSecrets(folder, request);
    const parameters = [...clientArguments(target), 'buildx', 'build', ...buildxArguments(target, request, folder)];
    const input = request.build.dockerfileInline ?? '';
    const { code, lines } = await run({ parameters, input, environment }, work.signal, (text) => {
      work.report({ kind: 'text', text });
    });
    if (code === 0) return;
    const reason = lines.findLast((line) => line.startsWith('ERROR: ')) ?? lines.at(-1) ?? `exit code ${code}`;
    throw refusal(target, image, reason.replace(/^ERROR: /, ''));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refusal({ name }: NamedEndpoint, image: string, message: string, hint?: string): EngineError {
  return new EngineError('rejected', name, `build ${image}: ${message}`, { ...(hint !== undefined && { hint }) });
}

/** Files that only we can read, for as long as the build lasts: a value in the arguments would be seen by everybody. */
async function writeSecrets(folder: string, { build, contents }: BuildRequest): Promise<void> {
  for (const [index, { id, digest }] of build.secrets.entries()) {
    const content = contents.get(digest);
    if (content === undefined) throw new Error(`no content for build secret ${id}`);
    await writeFile(join(folder, String(index)), content, { mode: 0o600 });
  }
}

/** The same engine as ours: by its context's name, or else by its address, for which TLS comes from the variables. */
function clientArguments({ name, address }: NamedEndpoint): readonly string[] {
  return name === 'default' ? ['--host', address] : ['--context', name];
}

/** Options of `docker buildx build`. */
function buildxArguments(target: NamedEndpoint, request: BuildRequest, folder: string): readonly string[] {
  const { image, build, environment } = request;
  const each = (option: string, values: readonly string[]): string[] => values.flatMap((value) => [option, value]);
  const pairs = (list: readonly (readonly [string, string])[]): string[] =>
    list.map(([key, value]) => `${key}=${value}`);
  return [
    // The engine's own builder, whichever one the user has chosen for other work: the image must end up there.
    ...['--builder', target.name, '--load', '--progress', 'plain'],
    ...each('--tag', [image, ...build.tags]),
    ...['--file', build.dockerfileInline === undefined ? dockerfilePath(build) : '-'],
    ...each('--build-arg', pairs(argumentsOf(build, environment, []))),
    ...each('--label', pairs(build.labels)),
    ...each('--cache-from', build.cacheFrom),
    ...each('--cache-to', build.cacheTo),
    ...each(
      '--add-host',
      build.extraHosts.map((entry) => entry.replace('=', ':')),
    ),
    ...each('--build-context', pairs(build.additionalContexts)),
    ...each(
      '--secret',
      build.secrets.map(({ id }, index) => `id=${id},src=${join(folder, String(index))}`),
    ),
    ...each(
      '--ssh',
      build.ssh.map(([key, value]) => (value === '' ? key : `${key}=${value}`)),
    ),
    ...each(
      '--ulimit',
      build.ulimits.map(({ name, soft, hard }) => `${name}=${soft}:${hard}`),
    ),
    ...(build.platforms.length > 0 ? ['--platform', build.platforms.join(',')] : []),
    ...(build.target === undefined ? [] : ['--target', build.target]),
    ...(build.network === undefined ? [] : ['--network', build.network]),
    ...(build.shmSizeBytes === undefined ? [] : ['--shm-size', String(build.shmSizeBytes)]),
    ...(build.privileged ? ['--allow', 'security.insecure'] : []),
    ...(build.noCache ? ['--no-cache'] : []),
    ...(build.pull ? ['--pull'] : []),
    '--',
    build.context,
  ];
}

function dockerfilePath({ dockerfile, context }: BuildSpec): string {
  return isAbsolute(dockerfile) || isRemoteContext(context) ? dockerfile : join(context, dockerfile);
}

interface Command {
  readonly parameters: readonly string[];
  readonly input: string;
  readonly environment: ReadonlyMap<string, string>;
}

interface Ended {
  readonly code: number;
  /** The last lines that it printed. */
  readonly lines: readonly string[];
}

/** Runs the docker client to its end; one that is not installed ends with code 127, as a shell has it. */
async function run(command: Command, signal: AbortSignal, onLine: (line: string) => void): Promise<Ended> {
  signal.throwIfAborted();
  const child = spawn('docker', command.parameters, {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: Object.fromEntries(command.environment),
    // Ctrl-C at the terminal is for us, who end the build by the signal if it is to end.
    detached: true,
    signal,
  });
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => {
      resolve(127);
    });
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
  child.stdin.on('error', () => undefined).end(command.input);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    onLine(line);
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
  }
  const code = await ended;
  signal.throwIfAborted();
  return { code, lines };
}
