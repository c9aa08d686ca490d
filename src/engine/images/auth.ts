import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { at, keysAt, parseJson, textAt } from '../read/answer.ts';

/** Where the docker client keeps registry passwords. */
export interface RegistryAccess {
  readonly configDir: string | undefined;
  /** `DOCKER_AUTH_CONFIG` counts before the file. */
  readonly environment: ReadonlyMap<string, string>;
}

/** What one registry is told. Goes into one header, and nowhere else. */
interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

/** Key of Docker Hub in the client's configuration. */
const hubKey = 'https://index.docker.io/v1/';
const helperDeadlineMs = 10_000;

/** Value of `X-Registry-Auth` for one registry; `undefined` asks anonymously, as also when a helper fails. */
export async function registryHeader(
  registry: string,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<{ readonly base64: string } | undefined> {
  const found = await findCredentials(registry, await readConfigs(access), signal);
  return found && headerValue(found);
}

/** Name and password for a registry, as BuildKit asks for them; a token has no name. */
export async function registryPassword(
  registry: string,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<{ readonly username: string; readonly secret: string } | undefined> {
  const isHub = registry === 'registry-1.docker.io' || registry === 'index.docker.io';
  const found = await findCredentials(isHub ? 'docker.io' : registry, await readConfigs(access), signal);
  return found && { username: found.username ?? '', secret: found.identitytoken ?? found.password ?? '' };
}

/** Value of `X-Registry-Config` for a build, which may pull from any registry that there is a password for. */
export async function registriesHeader(
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<{ readonly base64: string } | undefined> {
  const configs = await readConfigs(access);
  const keys = new Set(configs.flatMap((config) => [...keysAt(config, 'auths'), ...keysAt(config, 'credHelpers')]));
  const found: (readonly [string, Credentials])[] = [];
  for (const key of keys) {
    const credentials = await findCredentials(registryOfKey(key), configs, signal);
    if (credentials !== undefined) found.push([key, credentials]);
  }
  if (found.length === 0) return undefined;
  return headerValue(Object.fromEntries(found));
}

/** With padding: engines take a value without it for no password at all. */
function headerValue(content: object): { readonly base64: string } {
  const plain = Buffer.from(JSON.stringify(content)).toString('base64');
  return { base64: plain.replaceAll('+', '-').replaceAll('/', '_') };
}

/** Configurations in the order in which they count. One that cannot be read or parsed counts as empty. */
async function readConfigs({ configDir, environment }: RegistryAccess): Promise<readonly unknown[]> {
  const fromFile = configDir === undefined ? '' : await readFile(`${configDir}/config.json`, 'utf8').catch(() => '');
  return [environment.get('DOCKER_AUTH_CONFIG') ?? '', fromFile].map(parseJson);
}

async function findCredentials(
  registry: string,
  configs: readonly unknown[],
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  const serveraddress = registry === 'docker.io' ? hubKey : registry;
  for (const config of configs) {
    const helper = textAt(config, 'credHelpers', serveraddress) || textAt(config, 'credsStore');
    const found =
      (helper === '' ? undefined : await askHelper(helper, serveraddress, signal)) ?? readAuth(config, serveraddress);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An entry of `auths`, whose keys older clients wrote as URLs. */
function readAuth(config: unknown, serveraddress: string): Credentials | undefined {
  const wanted = registryOfKey(serveraddress);
  const key = keysAt(config, 'auths').find((candidate) => registryOfKey(candidate) === wanted);
  if (key === undefined) return undefined;
  const entry = at(config, 'auths', key);
  const identitytoken = textAt(entry, 'identitytoken');
  if (identitytoken !== '') return { identitytoken, serveraddress };
  const [username = '', ...password] = Buffer.from(textAt(entry, 'auth'), 'base64').toString('utf8').split(':');
  return username === '' ? undefined : { username, password: password.join(':'), serveraddress };
}

/** `https://index.docker.io/v1/` → docker.io, `https://reg.example/v2/` → reg.example. */
function registryOfKey(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' ? 'docker.io' : host;
}

/** Asks `docker-credential-NAME get`. Whatever goes wrong means no credentials; nothing that it prints is shown. */
async function askHelper(name: string, server: string, signal: AbortSignal): Promise<Credentials | undefined> {
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const child = spawn(`docker-credential-${name}`, ['get'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Out of reach of Ctrl-C at the terminal, as what waits for its answer is.
    detached: true,
    signal: AbortSignal.any([signal, AbortSignal.timeout(helperDeadlineMs)]),
  });
  const failed = new Promise<never>((_resolve, reject) => child.on('error', reject));
  child.stdin.on('error', () => undefined).end(server);
  const answer = parseJson(await Promise.race([text(child.stdout), failed]).catch(() => ''));
  const username = textAt(answer, 'Username');
  const secret = textAt(answer, 'Secret');
  if (username === '' || secret === '') return undefined;
  return username === '<token>'
    ? { identitytoken: secret, serveraddress: server }
    : { username, password: secret, serveraddress: server };
}
