import type { TestEngine } from './engines.ts';

/** What tests read of a container: the engine's own words. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly Image: string;
    readonly Env: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly Mounts: readonly { readonly Type: string; readonly Name?: string; readonly Destination: string }[];
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>>;
    readonly Networks: Readonly<
      Record<string, { readonly NetworkID: string; readonly Aliases: readonly string[] | null }>
    >;
  };
}

/** A network or a volume. */
export interface Named {
  readonly Name: string;
  readonly Id?: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** The Engine API by plain HTTP: tests do not look through the code that they test. */
export async function call(engine: TestEngine, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${engine.host.replace('tcp:', 'http:')}/v1.41${path}`, {
    method,
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await answer.text();
  if (!answer.ok && answer.status !== 304) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return /^[[{]/.test(text) ? parsed(text) : text;
}

/** A stream of JSON objects, as `images/create` answers, stays text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const byProject = (project: string, extra = ''): string =>
  `${extra}filters=${encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }))}`;

/** Every container of a project, in any state, by name. */
export async function containersOf(engine: TestEngine, project: string): Promise<readonly Inspected[]> {
  const listed = (await call(engine, 'GET', `/containers/json?${byProject(project, 'all=1&')}`)) as readonly Named[];
  const inspected = await Promise.all(listed.map(({ Id }) => call(engine, 'GET', `/containers/${Id ?? ''}/json`)));
  return (inspected as readonly Inspected[]).toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
}

export async function networksOf(engine: TestEngine, project: string): Promise<readonly Named[]> {
  return (await call(engine, 'GET', `/networks?${byProject(project)}`)) as readonly Named[];
}

export async function volumesOf(engine: TestEngine, project: string): Promise<readonly Named[]> {
  const { Volumes } = (await call(engine, 'GET', `/volumes?${byProject(project)}`)) as { Volumes: Named[] | null };
  return Volumes ?? [];
}

/** Removes containers that carry the project's label, whatever they do. */
export async function removeContainers(engine: TestEngine, project: string): Promise<void> {
  const containers = await containersOf(engine, project);
  await Promise.all(containers.map(({ Id }) => call(engine, 'DELETE', `/containers/${Id}?force=1&v=1`)));
}

/** Removes all that carries the project's label. */
export async function removeProject(engine: TestEngine, project: string): Promise<void> {
  await removeContainers(engine, project);
  for (const { Id } of await networksOf(engine, project)) await call(engine, 'DELETE', `/networks/${Id ?? ''}`);
  for (const { Name } of await volumesOf(engine, project)) await call(engine, 'DELETE', `/volumes/${Name}`);
}

/** Runs a command in a container and refuses an exit code other than 0. */
export async function execIn(engine: TestEngine, container: string, ...command: readonly string[]): Promise<string> {
  const wanted = { Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true };
  const { Id } = (await call(engine, 'POST', `/containers/${container}/exec`, wanted)) as { Id: string };
  const output = (await call(engine, 'POST', `/exec/${Id}/start`, { Tty: true })) as string;
  const { ExitCode } = (await call(engine, 'GET', `/exec/${Id}/json`)) as { ExitCode: number };
  if (ExitCode !== 0) throw new Error(`${command.join(' ')}: exit code ${ExitCode}\n${output}`);
  return output.replaceAll('\r\n', '\n');
}

/** The id of an image; `undefined` if the engine does not have it. */
export async function imageId(engine: TestEngine, reference: string): Promise<string | undefined> {
  const wanted = encodeURIComponent(JSON.stringify({ reference: [reference] }));
  const [image] = (await call(engine, 'GET', `/images/json?filters=${wanted}`)) as readonly { readonly Id: string }[];
  return image?.Id;
}

/** Makes sure that the engine does not have an image. */
export async function removeImage(engine: TestEngine, reference: string): Promise<void> {
  if ((await imageId(engine, reference)) !== undefined) await call(engine, 'DELETE', `/images/${reference}?force=1`);
}
