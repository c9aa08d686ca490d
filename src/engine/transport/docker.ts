import Dockerode from 'dockerode';

import { createModem, type Query, type Wire } from './modem.ts';

/**
 * What one call sends. `_query` goes into the URL and `_body` into the body; nothing else is sent.
 * A fresh object for each call: dockerode deletes fields of the one that it is given.
 */
export interface Call {
  readonly abortSignal: AbortSignal;
  readonly _query?: Query;
  readonly _body?: unknown;
}

type Ask = (call: Call) => Promise<unknown>;

/**
 * The part of dockerode that is used, in types of our own: every call takes a signal, and nothing that an engine
 * answers is known before it is checked.
 */
export interface Docker {
  readonly info: Ask;
  readonly listContainers: Ask;
  readonly listNetworks: Ask;
  readonly listVolumes: Ask;
  readonly swarmInit: Ask;
  readonly swarmInspect: Ask;
  readonly swarmJoin: Ask;
  /** Members of the swarm; only managers know. */
  readonly listNodes: Ask;
  readonly listImages: Ask;
  readonly listServices: Ask;
  readonly listTasks: Ask;
  readonly listConfigs: Ask;
  readonly listSecrets: Ask;
  readonly createConfig: (call: Call) => Promise<{ readonly id: unknown }>;
  readonly createSecret: (call: Call) => Promise<{ readonly id: unknown }>;
  readonly createService: (auth: Header | undefined, call: Call) => Promise<unknown>;
  readonly getConfig: (id: string) => { readonly inspect: Ask; readonly update: Ask; readonly remove: Ask };
  readonly getSecret: (id: string) => { readonly remove: Ask };
  readonly getService: (id: string) => {
    readonly inspect: Ask;
    readonly update: (auth: Header | undefined, call: Call) => Promise<unknown>;
    readonly remove: Ask;
  };
  readonly getTask: (id: string) => {
    readonly inspect: Ask;
    /** `follow` makes the answer a stream, even of a query that does not follow. */
    readonly logs: (call: Call & { readonly follow: true }) => Promise<unknown>;
  };
  readonly createContainer: (call: Call) => Promise<{ readonly id: unknown }>;
  readonly createNetwork: (call: Call) => Promise<{ readonly id: unknown }>;
  readonly createVolume: Ask;
  /** A stream of progress. */
  readonly createImage: (auth: Header | undefined, call: Call) => Promise<unknown>;
  /** A stream of progress. */
  readonly importImage: (archive: Buffer, call: Call) => Promise<unknown>;
  /** An archive of images as a stream. */
  readonly getImages: Ask;
  /** A stream of progress. */
  readonly loadImage: (archive: NodeJS.ReadableStream, call: Call) => Promise<unknown>;
  /** A stream of progress. */
  readonly buildImage: (
    context: NodeJS.ReadableStream | undefined,
    call: Call & { readonly registryconfig?: Header },
  ) => Promise<unknown>;
  /** A stream of messages. */
  readonly getEvents: Ask;
  readonly getContainer: (id: string) => {
    readonly inspect: Ask;
    readonly start: Ask;
    readonly stop: Ask;
    readonly restart: Ask;
    readonly kill: Ask;
    readonly unpause: Ask;
    readonly rename: Ask;
    readonly update: Ask;
    readonly remove: Ask;
    readonly exec: (call: Call) => Promise<{ readonly id: unknown }>;
    readonly putArchive: (archive: Buffer, call: Call) => Promise<unknown>;
    /** A stream. */
    readonly getArchive: Ask;
    /** `follow` makes the answer a stream, even of a query that does not follow. */
    readonly logs: (call: Call & { readonly follow: true }) => Promise<unknown>;
  };
  /** What `start` answers is a stream. */
  readonly getExec: (id: string) => { readonly start: Ask; readonly inspect: Ask };
  readonly getNetwork: (id: string) => {
    readonly inspect: Ask;
    readonly remove: Ask;
    readonly connect: Ask;
    readonly disconnect: Ask;
  };
  readonly getVolume: (name: string) => { readonly inspect: Ask; readonly remove: Ask };
  readonly getImage: (name: string) => {
    readonly inspect: Ask;
    readonly remove: Ask;
    readonly tag: Ask;
    /** Asks the image's registry. */
    readonly distribution: (call: { readonly authconfig: Header | undefined }) => Promise<unknown>;
  };
}

/** A header's value, encoded already. */
interface Header {
  readonly base64: string;
}

/** dockerode, which knows the API's paths, over our own way to the engine. */
export function createDocker(wire: Wire): Docker {
  // Its published types miss options that its methods take; the interface above states what they do.
  return new Dockerode({ modem: createModem(wire) } as Dockerode.DockerOptions) as unknown as Docker;
}
