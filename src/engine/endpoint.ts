import { createHash } from 'node:crypto';

import { engineName } from '../model/id.ts';
import { err, ok, type Result } from '../model/result.ts';
import { parseAddress, redactAddress } from './address.ts';
import { at, parseJson, textAt } from './read/answer.ts';
import type { NamedEndpoint, SshEndpoint, Tls } from './target.ts';

/** The command line's words: `-H`/`--host` and `--context`. */
export interface EndpointRequest {
  readonly host: string | undefined;
  readonly context: string | undefined;
}

/** An engine of a list, with its certificates and keys as absolute paths. */
export interface ListedEndpoint {
  readonly name: string;
  readonly address: string;
  /** Verified always; without a `ca`, by the authorities that the system trusts. */
  readonly tls: Readonly<Record<TlsFile, string | undefined>> | undefined;
  readonly ssh: Pick<SshEndpoint, 'identity' | 'knownHosts'> | undefined;
}

type TlsFile = 'ca' | 'cert' | 'key';

/** What resolving may look at. */
export interface EndpointWorld {
  readonly environment: ReadonlyMap<string, string>;
  readonly homeDir: string | undefined;
  /** Text of a file; `undefined` where there is none, or none that can be read. */
  readonly readFile: (path: string) => string | undefined;
}

/** Why there is no endpoint. Nothing was contacted. */
export interface EndpointProblem {
  readonly code: 'host-and-context' | 'host-invalid' | 'context-unknown' | 'context-invalid' | 'tls-files';
  readonly message: string;
  readonly hint: string | undefined;
  /** Which file of a list's engine it is about; absent: none. */
  readonly file?: TlsFile;
}

type Resolved = Result<NamedEndpoint, EndpointProblem>;

const defaultName = 'default';
const defaultAddress = 'unix:///var/run/docker.sock';

/**
 * Which engine is meant, in the docker client's own order: `--context` or `--host` (not both), `DOCKER_HOST`,
 * `DOCKER_CONTEXT`, the current context of its configuration, the socket of this machine.
 */
export function resolveEndpoint(request: EndpointRequest, world: EndpointWorld): Resolved {
  if (request.host !== undefined && request.context !== undefined) {
    return problem('host-and-context', 'either --host or --context can be given, not both', 'leave out one of them');
  }
  const configDir = configDirOf(world);
  const context = contextName(request, world, configDir);
  return context === defaultName
    ? resolveDefault(request, world, configDir)
    : resolveContext(context, world, configDir);
}

/** Where an engine of a list is. What its address asks of TLS and what its files say must agree. */
export function resolveListed({ name, address, tls, ssh }: ListedEndpoint, world: EndpointWorld): Resolved {
  const configDir = configDirOf(world);
  const found = resolveAddress({ name, address, source: `engine "${name}"`, configDir }, () =>
    tls === undefined ? ok(undefined) : readListedTls(tls, world),
  );
  if (!found.ok || ssh === undefined || found.value.endpoint.kind !== 'ssh') return found;
  return ok({ ...found.value, endpoint: { ...found.value.endpoint, ...ssh } });
}

function readListedTls(files: NonNullable<ListedEndpoint['tls']>, world: EndpointWorld): Result<Tls, EndpointProblem> {
  const read: Partial<Record<TlsFile, string>> = {};
  for (const file of ['ca', 'cert', 'key'] as const) {
    const path = files[file];
    const text = path === undefined ? undefined : world.readFile(path);
    if (path !== undefined && text === undefined) {
      return err({ code: 'tls-files', message: `${path} cannot be read`, hint: undefined, file });
    }
    if (text !== undefined) read[file] = text;
  }
  if ((read.cert === undefined) !== (read.key === undefined)) {
    const file = read.cert === undefined ? 'key' : 'cert';
    const message = 'a certificate and its key belong together: "cert" and "key", or neither';
    return err({ code: 'tls-files', message, hint: undefined, file });
  }
  return ok({ verify: true, ca: read.ca, cert: read.cert, key: read.key });
}

function configDirOf(world: EndpointWorld): string | undefined {
  return variable(world, 'DOCKER_CONFIG') ?? (world.homeDir === undefined ? undefined : `${world.homeDir}/.docker`);
}

function contextName(request: EndpointRequest, world: EndpointWorld, configDir: string | undefined): string {
  if (request.context !== undefined) return request.context;
  if (request.host !== undefined || variable(world, 'DOCKER_HOST') !== undefined) return defaultName;
  const named = variable(world, 'DOCKER_CONTEXT');
  if (named !== undefined) return named;
  // One that is no JSON counts as empty, as the docker client has it.
  const config = configDir === undefined ? undefined : parseJson(world.readFile(`${configDir}/config.json`) ?? '');
  return textAt(config, 'currentContext') || defaultName;
}

function resolveDefault(request: EndpointRequest, world: EndpointWorld, configDir: string | undefined): Resolved {
  const source = request.host === undefined ? 'DOCKER_HOST' : '--host';
  const address = (request.host ?? variable(world, 'DOCKER_HOST') ?? '').trim() || defaultAddress;
  return resolveAddress({ name: defaultName, address, source, configDir }, () => {
    const verify = variable(world, 'DOCKER_TLS_VERIFY') !== undefined;
    if (!verify && variable(world, 'DOCKER_TLS') === undefined) return ok(undefined);
    return readTls(variable(world, 'DOCKER_CERT_PATH') ?? configDir ?? '.', verify, world);
  });
}

/** Empty counts as unset. */
function variable({ environment }: EndpointWorld, name: string): string | undefined {
  const value = environment.get(name);
  return value === '' ? undefined : value;
}

/** A context is a folder named by the hash of its name. */
function resolveContext(name: string, world: EndpointWorld, configDir: string | undefined): Resolved {
  const id = createHash('sha256').update(name).digest('hex');
  const text = configDir === undefined ? undefined : world.readFile(`${configDir}/contexts/meta/${id}/meta.json`);
  if (text === undefined) {
    return problem('context-unknown', `context "${name}" not found`, '`docker context ls` lists the contexts');
  }
  const meta = parseJson(text);
  const address = textAt(meta, 'Endpoints', 'docker', 'Host');
  if (address === '') return problem('context-invalid', `context "${name}" names no Docker engine`, undefined);
  return resolveAddress({ name, address, source: `context "${name}"`, configDir }, () => {
    const skipsVerify = at(meta, 'Endpoints', 'docker', 'SkipTLSVerify') === true;
    const folder = `${configDir ?? ''}/contexts/tls/${id}/docker`;
    const hasFiles = ['ca', 'cert', 'key'].some((file) => world.readFile(`${folder}/${file}.pem`) !== undefined);
    return hasFiles || skipsVerify ? readTls(folder, !skipsVerify, world) : ok(undefined);
  });
}

interface Written {
  readonly name: string;
  readonly address: string;
  /** Who says so, for messages. */
  readonly source: string;
  readonly configDir: string | undefined;
}

function resolveAddress(
  { name, address, source, configDir }: Written,
  findTls: () => Result<Tls | undefined, EndpointProblem>,
): Resolved {
  const parsed = parseAddress(address);
  const named = { name: engineName(name), address: redactAddress(address), configDir };
  if (!parsed.ok) return problem('host-invalid', `${source}: "${named.address}": ${parsed.error}`, undefined);
  const reach = parsed.value;
  if (reach.kind !== 'tcp') return ok({ ...named, endpoint: reach });
  const found: Result<Tls | undefined, EndpointProblem> = reach.scheme === 'http' ? ok(undefined) : findTls();
  if (!found.ok) return found;
  const trusting: Tls = { verify: true, ca: undefined, cert: undefined, key: undefined };
  const tls = found.value ?? (reach.scheme === 'https' ? trusting : undefined);
  const port = reach.port ?? (tls === undefined ? 2375 : 2376);
  return ok({ ...named, endpoint: { kind: 'tcp', host: reach.host, port, tls } });
}

/** Reads `ca.pem`, `cert.pem` and `key.pem`. To verify the server, a `ca.pem` must be there. */
function readTls(folder: string, verify: boolean, world: EndpointWorld): Result<Tls, EndpointProblem> {
  const [ca, cert, key] = ['ca', 'cert', 'key'].map((file) => world.readFile(`${folder}/${file}.pem`));
  if (verify && ca === undefined) {
    const hint = 'set DOCKER_CERT_PATH to the folder that has it';
    return problem('tls-files', `TLS is asked for, and ${folder}/ca.pem cannot be read`, hint);
  }
  if ((cert === undefined) !== (key === undefined)) {
    return problem('tls-files', `${folder} must have both of cert.pem and key.pem, or neither`, undefined);
  }
  return ok({ verify, ca: verify ? ca : undefined, cert, key });
}

function problem(
  code: EndpointProblem['code'],
  message: string,
  hint: string | undefined,
): { readonly ok: false; readonly error: EndpointProblem } {
  return err({ code, message, hint });
}
