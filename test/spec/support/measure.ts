import { loadStack } from '../../../src/spec/load.ts';
import { hazards } from './hazards.ts';
import { memorySources, request } from './load.ts';

/** What loading one hostile file took. */
export interface Measured {
  /** Codes of what is wrong. */
  readonly errors: readonly string[];
  /** Time of the thread that loads: others may be at work on this machine. */
  readonly cpuMs: number;
  /** The most that the process had beyond what it started with. */
  readonly memoryMiB: number;
}

/** Loads the hazard whose number is the argument, and prints what it took. */
function measure([, , files]: (typeof hazards)[number]): Measured {
  const sources = memorySources(typeof files === 'string' ? { 'stack.yaml': files } : files);
  loadStack(request, memorySources({ 'stack.yaml': 'services: {web: {image: app}}' }));
  const memory = process.resourceUsage().maxRSS;
  const start = process.threadCpuUsage();
  const loaded = loadStack(request, sources);
  const { user, system } = process.threadCpuUsage(start);
  const found = loaded.ok ? [] : loaded.diagnostics.filter(({ severity }) => severity === 'error');
  return {
    errors: [...new Set(found.map(({ code }) => code))],
    cpuMs: (user + system) / 1000,
    memoryMiB: (process.resourceUsage().maxRSS - memory) / 1024,
  };
}

const hazard = hazards[Number(process.argv[2])];
if (hazard === undefined) throw new Error('no such hazard');
process.stdout.write(JSON.stringify(measure(hazard)));
