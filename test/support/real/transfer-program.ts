import { connectEngine } from '../../../src/engine/connect.ts';
import { resolveEndpoint } from '../../../src/engine/endpoint.ts';
import type { Engine } from '../../../src/engine/engine.ts';

/** The port to a real engine, as the program opens it. */
export function openEngine(host: string, variables: Readonly<Record<string, string>> = {}): Engine {
  const environment = new Map(Object.entries(variables));
  const world = { environment: new Map<string, string>(), homeDir: undefined, readFile: () => undefined };
  const found = resolveEndpoint({ host, context: undefined }, world);
  if (!found.ok) throw new Error(found.error.message);
  return connectEngine(found.value, { version: 'test', environment });
}

// Run by itself: copies an image between two engines, and prints by how many bytes that raised the process's peak of memory.
const [, program = '', from = '', to = '', image = ''] = process.argv;
if (program === import.meta.filename) {
  const [source, target] = [openEngine(from), openEngine(to)];
  await Promise.all([source, target].map((engine) => engine.info(AbortSignal.timeout(30_000))));
  const before = process.resourceUsage().maxRSS;
  await target.receiveImage(image, source, { report: () => undefined, signal: AbortSignal.timeout(300_000) });
  console.log((process.resourceUsage().maxRSS - before) * 1024);
  source.close();
  target.close();
}
