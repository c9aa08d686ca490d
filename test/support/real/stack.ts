import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { containersOf, type Inspected, networksOf, removeProject, volumesOf } from './api.ts';
import type { TestEngine } from './engines.ts';

/** The bundled program. */
export const program = join(import.meta.dirname, '../../../dist/main.js');
/** The same folder on this machine and on every test host. */
export const filesFolder = process.env['STACK_TEST_FILES'] ?? '/var/tmp/stack-hosts/files';
const limitMs = 110_000;

/** How one command ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that still runs. */
export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it wrote so far to standard output. */
  readonly output: () => string;
  /** The same of standard error. */
  readonly errors: () => string;
  readonly ended: Promise<Ran>;
}

/** A folder with a stack file, under a project name that nobody else has. */
export interface TestStack {
  readonly engine: TestEngine;
  readonly project: string;
  readonly folder: string;
  /** All variables that the program gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs `stack` in the folder. */
  readonly run: (...args: readonly string[]) => Promise<Ran>;
  /** Runs it and refuses an exit code other than 0. */
  readonly ok: (...args: readonly string[]) => Promise<Ran>;
  readonly start: (...args: readonly string[]) => Running;
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>;
  readonly containers: (service?: string) => Promise<readonly Inspected[]>;
  /** The only container of a service. */
  readonly container: (service: string) => Promise<Inspected>;
}

/** Options of {@link openStack}. */
interface TestStackOptions {
  /** Over the few variables that the program gets: nothing of the developer's environment reaches it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Makes a stack's folder. When the test ends, all that carries its label goes; if the test failed, it is printed first. */
export async function openStack(
  engine: TestEngine,
  files: Readonly<Record<string, string>>,
  options: TestStackOptions = {},
): Promise<TestStack> {
  await mkdir(filesFolder, { recursive: true });
  const base = await mkdtemp(join(filesFolder, 't-'));
  const project = base.slice(filesFolder.length + 1).toLowerCase();
  const folder = join(base, 'project');
  const environment = { ...baseEnvironment(engine, project, base), ...options.environment };
  const history: string[] = [];
  const stack = testStack({ engine, project, folder, environment, history });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await report(stack, history);
    await removeProject(engine, project);
    await rm(base, { recursive: true, force: true });
  });
  await stack.write(files);
  return stack;
}

/** Home is a folder that is not there: no context, no credentials. */
const baseEnvironment = (engine: TestEngine, project: string, base: string): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: join(base, 'home'),
  DOCKER_HOST: engine.host,
  // The test hosts share a bridge of this machine.
  STACK_ALLOW_PLAIN_TCP: '1',
  COMPOSE_PROJECT_NAME: project,
  NO_COLOR: '1',
});

interface Setup {
  readonly engine: TestEngine;
  readonly project: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly history: string[];
}

function testStack({ engine, project, folder, environment, history }: Setup): TestStack {
  const start = (...args: readonly string[]): Running => launch(args, { cwd: folder, env: environment });
  const run = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await start(...args).ended;
    history.push(transcript(args, ran));
    return ran;
  };
  const containers = async (service?: string): Promise<readonly Inspected[]> =>
    (await containersOf(engine, project)).filter(
      ({ Config }) => service === undefined || Config.Labels['com.docker.compose.service'] === service,
    );
  return {
    engine,
    project,
    folder,
    environment,
    start,
    run,
    containers,
    ok: async (...args) => {
      const ran = await run(...args);
      if (ran.code !== 0) throw new Error(`exit code ${ran.code ?? 'none'}\n${transcript(args, ran)}`);
      return ran;
    },
    write: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    container: async (service) => {
      const [first, ...rest] = await containers(service);
      if (!first || rest.length > 0)
        throw new Error(`${service} has ${first ? rest.length + 1 : 0} containers, not one`);
      return first;
    },
  };
}

/** Starts the bundled program; whatever happens, it ends. */
export function launch(
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>> },
): Running {
  const child = spawn(process.execPath, [program, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
  return { child, output: () => stdout, errors: () => stderr, ended };
}

const transcript = (args: readonly string[], { code, stdout, stderr }: Ran): string =>
  `$ stack ${args.join(' ')}\n${stdout}${stderr}(exit code ${code ?? 'none: killed'})`;

/** What a person would look at first. */
async function report({ engine, project }: TestStack, history: readonly string[]): Promise<void> {
  const containers = await containersOf(engine, project);
  const networks = await networksOf(engine, project);
  const volumes = await volumesOf(engine, project);
  process.stderr.write(
    `\n--- ${project} on ${engine.name}\n${history.join('\n')}\n${JSON.stringify({ containers, networks, volumes }, undefined, 1)}\n---\n`,
  );
}
