import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { pipeline, type Readable } from 'node:stream';

import { parseJson, readBody, readErrorText, UnexpectedAnswer } from './body.ts';

/** The engine answered with a status that the call does not count as success. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** `undefined` leaves a parameter out, an object is sent as JSON, and a list as one parameter for each item. */
export type Query = Readonly<Record<string, string | number | readonly string[] | object | undefined>>;

/** How requests leave: whose sockets they use and what each of them says. */
export interface Wire {
  readonly calls: Agent;
  /** A long answer must not keep a socket from short calls. */
  readonly streams: Agent;
  readonly headers: OutgoingHttpHeaders;
  /** `v1.45`, once it is negotiated. */
  readonly version: () => string;
}

/** One call, as dockerode's methods describe it. */
interface Dial {
  readonly path: string;
  readonly method: string;
  readonly options?: Options | undefined;
  readonly authconfig?: { readonly base64?: string } | undefined;
  readonly registryconfig?: { readonly base64?: string } | undefined;
  readonly file?: Buffer | Readable | undefined;
  readonly isStream?: boolean;
  readonly statusCodes?: Readonly<Record<number, string | boolean>>;
  readonly abortSignal?: AbortSignal | undefined;
}

interface Options {
  readonly _query?: Query;
  readonly _body?: unknown;
  readonly abortSignal?: AbortSignal;
}

/** The part of docker-modem that dockerode calls. An empty answer is an empty object: dockerode looks into it. */
export interface Modem {
  Promise: PromiseConstructor;
  dial(options: Dial, callback: (error: unknown, answer: unknown) => void): void;
}

/**
 * Carries what dockerode asks to the engine, in place of docker-modem.
 *
 * What a call's options hold goes where it is told to go and nowhere else: `_query` into the URL, `_body` into the
 * body; so nothing secret can get into a URL. Answers are bounded, redirects are errors, and a GET whose kept-alive
 * connection had gone is asked once more.
 */
export function createModem(wire: Wire): Modem {
  return {
    Promise,
    dial: (options, callback) => {
      exchange(wire, options).then(
        (answer) => {
          callback(null, answer);
        },
        (error: unknown) => {
          callback(error, null);
        },
      );
    },
  };
}

/** Asks without a version in the path, as only negotiation may; the answer's headers are what counts. */
export async function ping(wire: Omit<Wire, 'version'>, signal: AbortSignal): Promise<IncomingMessage> {
  const options: Dial = { path: '/_ping', method: 'GET', abortSignal: signal };
  return retrying(options, async () => {
    const response = await open({ ...wire, version: () => '' }, options);
    if (response.statusCode !== 200) throw new HttpError(response.statusCode ?? 0, await errorMessage(response));
    await readBody(response, 1024);
    return response;
  });
}

async function exchange(wire: Wire, options: Dial): Promise<unknown> {
  return retrying(options, async () => {
    const response = await open(wire, options);
    const status = response.statusCode ?? 0;
    if (options.statusCodes?.[status] !== true) throw new HttpError(status, await errorMessage(response));
    return options.isStream === true ? response : (parseJson(await readBody(response)) ?? {});
  });
}

/** A connection that was kept alive may be gone when it is used again; asking once more changes nothing on a GET. */
async function retrying<T>(options: Dial, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const isBroken = code === 'ECONNRESET' || code === 'EPIPE';
    if (options.method !== 'GET' || !isBroken || signalOf(options)?.aborted === true) throw cause;
    return run();
  }
}

function open(wire: Wire, options: Dial): Promise<IncomingMessage> {
  const body = bodyOf(options);
  const prefix = wire.version();
  const signal = signalOf(options);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent: options.isStream === true ? wire.streams : wire.calls,
      method: options.method,
      path: `${prefix === '' ? '' : `/${prefix}`}${urlOf(options)}`,
      headers: { ...wire.headers, ...body.headers, ...authOf(options) },
      ...(signal && { signal }),
    });
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    if (body.data === undefined || typeof body.data === 'string' || Buffer.isBuffer(body.data)) {
      outgoing.end(body.data);
    } else {
      // Its callback only repeats what the request's own events say, but for what breaks in the source.
      pipeline(body.data, outgoing, (error) => {
        if (error) reject(error);
      });
    }
  });
}

function urlOf({ path, options }: Dial): string {
  const [bare = path] = path.split('?', 1);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options?._query ?? {})) {
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (item !== undefined) query.append(name, typeof item === 'object' ? JSON.stringify(item) : String(item));
    }
  }
  return query.size === 0 ? bare : `${bare}?${query.toString()}`;
}

function bodyOf({ file, options, method }: Dial): {
  readonly data: Dial['file'] | string;
  readonly headers: OutgoingHttpHeaders;
} {
  if (file !== undefined) return { data: file, headers: { 'Content-Type': 'application/x-tar' } };
  const content = options?._body;
  if (content === undefined) return { data: undefined, headers: method === 'POST' ? { 'Content-Length': 0 } : {} };
  const data = JSON.stringify(content);
  return { data, headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(data) } };
}

function authOf({ authconfig, registryconfig }: Dial): OutgoingHttpHeaders {
  return {
    ...(authconfig?.base64 !== undefined && { 'X-Registry-Auth': authconfig.base64 }),
    ...(registryconfig?.base64 !== undefined && { 'X-Registry-Config': registryconfig.base64 }),
  };
}

/** Some methods of dockerode pass the signal on, some only the options that held it. */
function signalOf({ abortSignal, options }: Dial): AbortSignal | undefined {
  return abortSignal ?? options?.abortSignal;
}

async function errorMessage(response: IncomingMessage): Promise<string> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && status !== 304) {
    response.destroy();
    throw new UnexpectedAnswer(`the answer is a redirect (${status})`);
  }
  const text = await readErrorText(response);
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string') {
      return json.message.trim();
    }
  } catch {
    // Not JSON: a proxy's page or plain text, which is shown as it is.
  }
  return text.trim() || `HTTP status ${status}`;
}
