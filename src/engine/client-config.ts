import { readFile } from 'node:fs/promises';
import { validateHeaderName, validateHeaderValue } from 'node:http';

import { LocalError } from './errors.ts';
import { at, pairsAt, parseJson, textAt } from './read/answer.ts';
import type { NamedEndpoint } from './target.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

/** What the docker client's own settings say of calls to an engine, and of what is made there. */
export interface ClientConfig {
  /** `HttpHeaders` of its `config.json`, or instead of them what `DOCKER_CUSTOM_HEADERS` says. */
  readonly headers: Pairs;
  /**
   * `proxies` of its `config.json` for this engine's address, or else for `default`: variables in upper and lower case
   * for containers and builds.
   */
  readonly proxies: Pairs;
  /** `DOCKER_API_VERSION`: speak this version and no other. */
  readonly apiVersion: string | undefined;
}

/** Reads the settings. A file that cannot be read or parsed counts as empty; a header that cannot be sent does not. */
export async function readClientConfig(
  { configDir, address }: Pick<NamedEndpoint, 'configDir' | 'address'>,
  environment: ReadonlyMap<string, string>,
): Promise<ClientConfig> {
  const text = configDir === undefined ? '' : await readFile(`${configDir}/config.json`, 'utf8').catch(() => '');
  const config = parseJson(text);
  const given = environment.get('DOCKER_CUSTOM_HEADERS') ?? '';
  const headers = given === '' ? pairsAt(config, 'HttpHeaders') : parseHeaders(given);
  headers.forEach(requireSendable);
  const version = environment.get('DOCKER_API_VERSION')?.replace(/^v/, '') ?? '';
  return { headers, proxies: readProxies(config, address), apiVersion: version === '' ? undefined : version };
}

const proxyKeys = [
  ['httpProxy', 'HTTP_PROXY'],
  ['httpsProxy', 'HTTPS_PROXY'],
  ['noProxy', 'NO_PROXY'],
  ['ftpProxy', 'FTP_PROXY'],
  ['allProxy', 'ALL_PROXY'],
] as const;

function readProxies(config: unknown, address: string): Pairs {
  const entry = at(config, 'proxies', address) ?? at(config, 'proxies', 'default');
  return proxyKeys.flatMap(([key, variable]) => {
    const value = textAt(entry, key);
    return value === '' ? [] : [[variable, value] as const, [variable.toLowerCase(), value] as const];
  });
}

/** `name=value,"name=with, comma"`: fields of CSV. */
function parseHeaders(text: string): Pairs {
  const fields = text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  return fields.map((field) => {
    const plain = field.trim().replace(/^"(.*)"$/s, (_all, inner: string) => inner.replaceAll('""', '"'));
    const at = plain.indexOf('=');
    if (at < 1) throw new LocalError('DOCKER_CUSTOM_HEADERS is a list of name=value, separated by commas');
    return [plain.slice(0, at).trim(), plain.slice(at + 1)] as const;
  });
}

function requireSendable([name, value]: Pairs[number]): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (cause) {
    // Its value may be a password.
    throw new LocalError(`the docker client's settings have a header that cannot be sent: ${name}`, { cause });
  }
}
