import type { EngineName } from '../model/id.ts';

/** Where an engine listens and how to get there. */
export type Endpoint = UnixEndpoint | TcpEndpoint | SshEndpoint;

interface UnixEndpoint {
  readonly kind: 'unix';
  readonly path: string;
}

export interface TcpEndpoint {
  readonly kind: 'tcp';
  readonly host: string;
  readonly port: number;
  /** `undefined` speaks plain HTTP. */
  readonly tls: Tls | undefined;
}

export interface SshEndpoint {
  readonly kind: 'ssh';
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  /** Absolute path of the engine's socket over there; `undefined` is the one that `docker` uses there. */
  readonly path: string | undefined;
  /** Private key to log in with, and no other. Absent: as the ssh client is configured. */
  readonly identity?: string | undefined;
  /** File of known hosts, in place of the user's and the system's. Absent: theirs. */
  readonly knownHosts?: string | undefined;
}

/** Certificates in PEM. `verify` false accepts any server. */
export interface Tls {
  readonly verify: boolean;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** An endpoint with the name that a person knows it by: its context's, or `default`. */
export interface NamedEndpoint {
  readonly name: EngineName;
  readonly endpoint: Endpoint;
  /** As it was written, for messages: `unix:///var/run/docker.sock`. Holds nothing secret. */
  readonly address: string;
  /** Folder of the docker client's configuration: where registry passwords are looked up. */
  readonly configDir: string | undefined;
}
