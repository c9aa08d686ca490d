import { err, ok, type Result } from '../model/result.ts';
import type { Endpoint, SshEndpoint, TcpEndpoint } from './target.ts';

/** Begins with a letter or digit, so that nothing takes it for an option. */
const hostName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;
const ipv6 = /^\[([0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9]{1,15})?)\]$/;
const userName = /^[A-Za-z0-9_][\w.-]{0,31}$/;
const absolutePath = /^(?:\/[\w.+@-]+)+$/;

/** An endpoint as far as its address tells: of TLS, and so of the usual port, it tells little. */
export type Reach = Exclude<Endpoint, TcpEndpoint> | (Omit<TcpEndpoint, 'port' | 'tls'> & PortAndScheme);

interface PortAndScheme {
  readonly port: number | undefined;
  /** `https` asks for TLS, `http` for none, `tcp` leaves it to the variables or the context. */
  readonly scheme: 'tcp' | 'http' | 'https';
}

/**
 * Reads an engine's address as the docker client writes it: `unix:///path`, `tcp://host[:port]`, `http(s)://…`,
 * `ssh://[user@]host[:port][/path]`, or `host:port`. The error says what is wrong and repeats no password.
 */
export function parseAddress(text: string): Result<Reach, string> {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z+]+):\/\/)?(.*)$/s.exec(text) ?? [];
  switch (scheme) {
    case 'unix':
      return parseUnix(rest);
    case 'tcp':
    case 'http':
    case 'https':
      return parseTcp(scheme, rest);
    case 'ssh':
      return parseSsh(rest);
    default:
      return err(`${scheme}:// is not supported; use unix://, tcp://, http://, https:// or ssh://`);
  }
}

function parseUnix(path: string): Result<Reach, string> {
  if (path === '') return ok({ kind: 'unix', path: '/var/run/docker.sock' });
  if (!path.startsWith('/') || path.includes('\0')) return err('the path of a unix:// socket must be absolute');
  return ok({ kind: 'unix', path });
}

function parseTcp(scheme: PortAndScheme['scheme'], rest: string): Result<Reach, string> {
  const authority = parseAuthority(rest.replace(/\/$/, ''));
  if (!authority.ok) return authority;
  const { user, host, port, path } = authority.value;
  if (user !== undefined) return err(`a user name means nothing in ${scheme}://`);
  if (path !== '') return err(`a path means nothing in ${scheme}://`);
  return ok({ kind: 'tcp', host, port, scheme });
}

function parseSsh(rest: string): Result<SshEndpoint, string> {
  const authority = parseAuthority(rest);
  if (!authority.ok) return authority;
  const { user, host, port } = authority.value;
  const path = authority.value.path === '/' ? '' : authority.value.path;
  if (user !== undefined && !userName.test(user)) return err('the user name is not valid');
  if (path !== '' && !absolutePath.test(path)) return err('the path of the socket is not valid');
  return ok({ kind: 'ssh', user, host, port, path: path === '' ? undefined : path });
}

interface Authority {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly path: string;
}

const authorityForm = /^(?:(?<user>[^/]*)@)?(?<name>\[[^\]/]*\]|[^:/]*)(?::(?<port>[^/]*))?(?<path>\/.*)?$/s;

function parseAuthority(text: string): Result<Authority, string> {
  const { user, name = '', port, path = '' } = authorityForm.exec(text)?.groups ?? {};
  if (user?.includes(':') === true) return err('passwords in addresses are not accepted');
  const host = parseHost(name);
  if (host === undefined) return err('the host name is not valid');
  const number = port === undefined ? undefined : parsePort(port);
  if (number === 'invalid') return err('the port must be a number from 1 to 65535');
  return ok({ user, host, port: number, path });
}

const parseHost = (name: string): string | undefined =>
  ipv6.exec(name)?.[1] ?? (hostName.test(name) ? name : undefined);

function parsePort(text: string): number | 'invalid' {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : 'invalid';
}

/** Whether only this machine answers at a host name or address. */
const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

/** Another machine, over tcp that is not encrypted, or whose server is not verified: whoever is between owns it. */
export const isExposed = (endpoint: Endpoint): boolean =>
  endpoint.kind === 'tcp' && endpoint.tls?.verify !== true && !isLoopback(endpoint.host);

/** Equal for two endpoints that lead to the same engine, as far as their addresses tell. */
export function identityOf(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'unix':
      return `unix ${endpoint.path}`;
    case 'tcp':
      return `tcp ${endpoint.host.toLowerCase()} ${endpoint.port}`;
    case 'ssh': {
      const { user = '', host, port = 22, path = '' } = endpoint;
      return `ssh ${user} ${host.toLowerCase()} ${port} ${path}`;
    }
  }
}

/** An address for messages: whatever stands where a password would is left out. */
export const redactAddress = (text: string): string => text.replace(/(\/\/[^/@]*?):[^/]*@/, '$1:***@');
