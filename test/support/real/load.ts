import { Agent, get } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** Requests that go on until they are stopped. */
export interface Load {
  /** Ends when at least so many requests are done. */
  readonly stop: (atLeast: number) => Promise<Answers>;
}

export interface Answers {
  readonly count: number;
  /** What went wrong, in words. */
  readonly failed: readonly string[];
  /** Different answers, sorted. */
  readonly bodies: readonly string[];
  readonly perSecond: number;
}

const everyMs = 7;
const limitMs = 15_000;

/** Asks for a page more than a hundred times a second, whether or not earlier requests are answered. */
export function openLoad(url: string, { keepsAlive }: { readonly keepsAlive: boolean }): Load {
  const agent = new Agent({ keepAlive: keepsAlive, maxSockets: keepsAlive ? 10 : Number.POSITIVE_INFINITY });
  const failed: string[] = [];
  const bodies = new Set<string>();
  const pending = new Set<Promise<void>>();
  const startedAt = performance.now();
  let count = 0;
  let begun = 0;
  const begin = (): void => {
    begun += 1;
    const asked = ask(url, agent)
      .then(
        (body) => bodies.add(body),
        (cause: unknown) => failed.push(String(cause)),
      )
      .then(() => {
        count += 1;
        pending.delete(asked);
      });
    pending.add(asked);
  };
  // A machine that is busy calls late: what is due by then is made up for.
  const timer = setInterval(() => {
    while (begun < (performance.now() - startedAt) / everyMs) begin();
  }, everyMs);
  return {
    stop: async (atLeast) => {
      while (count < atLeast) await setTimeout(50);
      clearInterval(timer);
      await Promise.all(pending);
      agent.destroy();
      const seconds = (performance.now() - startedAt) / 1000;
      return { count, failed, bodies: [...bodies].toSorted(), perSecond: Math.round(count / seconds) };
    },
  };
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: limitMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString().trim();
        if (response.statusCode === 200 && body !== '') resolve(body);
        else reject(new Error(`${response.statusCode ?? 0} ${body.slice(0, 80)}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
  });
}
