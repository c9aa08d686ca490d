import type { DesiredService, Placement } from '../model/desired.ts';
import { serviceAddress } from '../model/id.ts';
import type { ObservedEngine } from '../model/observed.ts';
import type { Notice } from '../model/plan.ts';
import { err, ok, type Result } from '../model/result.ts';
import { compareText, type Located } from './fleet.ts';

/** Where one replica belongs. */
export interface Assignment {
  readonly slot: number;
  readonly engine: ObservedEngine;
}

/** Why one engine was passed over for one service. */
export interface Rejection {
  readonly engine: string;
  readonly because: string;
}

/** What placement of one service weighs. */
export interface PlacementInput {
  readonly service: DesiredService;
  readonly engines: readonly ObservedEngine[];
  /** Its replicas as they stand. */
  readonly existing: readonly Located[];
  /** How many replicas of all services an engine has or will have. */
  readonly loadOf: (engine: ObservedEngine) => number;
}

/**
 * Assigns each slot an engine: a replica stays where it is if that engine may host it; a new one goes to the
 * eligible engine with fewest replicas of the service, then fewest containers, then by name.
 */
export function place(input: PlacementInput): Result<readonly Assignment[], readonly Rejection[]> {
  const { service, engines } = input;
  const rejections: Rejection[] = [];
  const eligible: ObservedEngine[] = [];
  for (const engine of engines.toSorted((a, b) => compareText(a.name, b.name))) {
    const because = whyNot(service.placement, engine);
    if (because === undefined) eligible.push(engine);
    else rejections.push({ engine: engine.name, because });
  }
  if (service.placement.mode === 'global') return ok(eligible.map((engine, index) => ({ slot: index + 1, engine })));
  if (eligible.length === 0 && service.replicas > 0) return err(rejections);
  return spread(input, eligible, rejections);
}

/** Says in one refusal or notice why no engine may host a service. */
export function explain(service: DesiredService, rejections: readonly Rejection[]): Notice {
  return {
    code: 'no-eligible-engine',
    address: serviceAddress(service.name),
    message: `no engine may run service ${service.name}: ${rejections.map((it) => `${it.engine}: ${it.because}`).join('; ')}`,
    hint: 'change deploy.placement, or label an engine so that it fits',
  };
}

function spread(
  { service, existing, loadOf }: PlacementInput,
  eligible: readonly ObservedEngine[],
  rejections: readonly Rejection[],
): Result<readonly Assignment[], readonly Rejection[]> {
  const limit = service.placement.maxReplicasPerNode ?? Number.POSITIVE_INFINITY;
  const counts = new Map(eligible.map((engine) => [engine, 0]));
  const countOf = (engine: ObservedEngine): number => counts.get(engine) ?? 0;
  const homes = new Map<number, ObservedEngine>();
  for (let slot = 1; slot <= service.replicas; slot++) {
    const home = homeOf(slot, existing, eligible);
    if (home === undefined || countOf(home) >= limit) continue;
    homes.set(slot, home);
    counts.set(home, countOf(home) + 1);
  }
  for (let slot = 1; slot <= service.replicas; slot++) {
    if (homes.has(slot)) continue;
    const open = eligible.filter((engine) => countOf(engine) < limit);
    const best = open.toSorted((a, b) => countOf(a) - countOf(b) || loadOf(a) - loadOf(b))[0];
    if (best === undefined) return err([...rejections, ...eligible.map((engine) => full(engine, limit))]);
    homes.set(slot, best);
    counts.set(best, countOf(best) + 1);
  }
  return ok([...homes].map(([slot, engine]) => ({ slot, engine })).toSorted((a, b) => a.slot - b.slot));
}

const full = (engine: ObservedEngine, limit: number): Rejection => ({
  engine: engine.name,
  because: `has its ${limit} replicas (max_replicas_per_node)`,
});

/** The eligible engine where the slot lives; a running container counts before a stopped one. */
function homeOf(
  slot: number,
  existing: readonly Located[],
  eligible: readonly ObservedEngine[],
): ObservedEngine | undefined {
  const here = existing.filter(({ container, engine }) => container.slot === slot && eligible.includes(engine));
  return (here.find(({ container }) => container.state === 'running') ?? here[0])?.engine;
}

/** The first constraint that the engine does not meet, in words. */
function whyNot(placement: Placement, engine: ObservedEngine): string | undefined {
  const failed = placement.constraints.find(({ key, operator, value }) => {
    const actual = valueOf(key, engine);
    return operator === '==' ? actual !== value : actual === value;
  });
  return failed && `constraint ${failed.key}${failed.operator}${failed.value} is not met`;
}

/** A lone engine answers to `manager`, as the only member of a swarm would. */
function valueOf(key: string, { name, info }: ObservedEngine): string | undefined {
  const label = /^(?:node|engine)\.labels\.(.+)$/.exec(key)?.[1];
  if (label !== undefined) return info.labels.find(([labelName]) => labelName === label)?.[1];
  switch (key) {
    case 'node.id':
    case 'engine.name':
      return name;
    case 'node.hostname':
      return info.hostname;
    case 'node.role':
      return 'manager';
    case 'node.platform.os':
      return info.os;
    case 'node.platform.arch':
      return info.arch;
    default:
      return undefined;
  }
}
