import type { SwarmMember, SwarmMembership } from '../../model/observed.ts';
import { formatDuration } from '../../model/units.ts';
import { availabilityOf } from '../../plan/placement/availability.ts';
import type { AnsweringEngine, SeenEngine, SilentEngine } from './seen.ts';

/** Something that a stack over these engines would meet. */
export interface Finding {
  /** `problem`: something would fail. `warning`: something is less than it could be. `unknown`: cannot be told from here. */
  readonly level: 'problem' | 'warning' | 'unknown';
  /** `undefined`: about all of them together. */
  readonly engine: string | undefined;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | undefined;
}

/** More than clocks that are kept in step differ. */
const mostSkewMs = 2000;

/** Everything that would go wrong for a stack that is spread over these engines, those that fail first. */
export function checkEngines(seen: readonly SeenEngine[]): readonly Finding[] {
  const answering = seen.filter((each) => each.kind === 'answers');
  const silent = seen.filter((each) => each.kind === 'silent');
  const found = [
    ...silent.map(silence),
    ...sameEngines(answering),
    ...answering.flatMap(checkOne),
    ...(answering.length > 1 ? checkSwarms(answering) : []),
  ];
  const order = ['problem', 'warning', 'unknown'];
  return found.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

const silence = ({ engine, error }: SilentEngine): Finding => ({
  level: 'problem',
  engine: engine.name,
  message: error.message,
  hint: error.hint,
});

/** Replicas that are spread over two names of one engine are not spread at all. */
function sameEngines(seen: readonly AnsweringEngine[]): readonly Finding[] {
  const byId = Map.groupBy(seen, ({ info }) => info.engineId);
  return [...byId].flatMap(([id, twins]): readonly Finding[] => {
    const [first, ...others] = twins;
    if (id === undefined || first === undefined || others.length === 0) return [];
    const message = `is the same engine as ${others.map(({ engine }) => engine.name).join(', ')}`;
    return [{ level: 'problem', engine: first.engine.name, message, hint: 'keep one of the names' }];
  });
}

function checkOne(seen: AnsweringEngine): readonly Finding[] {
  const { engine, observed, examined } = seen;
  const say = (level: Finding['level'], message: string, hint?: string): Finding => ({
    level,
    engine: engine.name,
    message,
    hint,
  });
  const availability = availabilityOf(observed);
  const skew = examined?.aheadMs;
  return [
    ...(availability === 'active'
      ? []
      : [say('warning', `is set to ${availability}: no replica is placed there`, backTo(seen))]),
    ...(skew === undefined || Math.abs(skew) <= mostSkewMs
      ? []
      : [
          say(
            'warning',
            `its clock is ${formatDuration(Math.round(Math.abs(skew)))} ${skew > 0 ? 'ahead of' : 'behind'} ours`,
            'keep the clocks in step (NTP): logs are put in order by them',
          ),
        ]),
    ...(engine.isExposed === true
      ? [say('warning', 'is reached without TLS: whoever is between owns it', 'use ssh:// or TLS')]
      : []),
    ...(examined?.storageDriver === 'vfs'
      ? [say('warning', 'its storage driver is vfs: every container is a full copy of its image', 'use overlay2')]
      : []),
    ...(examined?.freeSpace === undefined ? [] : [say('unknown', `its storage has ${examined.freeSpace} left`)]),
    ...(seen.info.swarm === undefined ? [] : checkMember(seen.info.swarm, seen, say)),
  ];
}

/** What undoes it depends on who said it. */
function backTo({ engine, observed }: AnsweringEngine): string {
  const { member, availability } = observed;
  if (member !== undefined && member.availability !== 'active') {
    return `the list of engines says so: change its "availability: ${member.availability}"`;
  }
  return availability === undefined ? 'activate it' : `stack engines activate ${engine.name}`;
}

type Say = (level: Finding['level'], message: string, hint?: string) => Finding;

function checkMember(swarm: SwarmMembership, { examined }: AnsweringEngine, say: Say): readonly Finding[] {
  const { availability = 'active' } = swarm;
  const noIpvs = 'its kernel has no IPVS: virtual addresses and ingress ports of Swarm services do not answer';
  return [
    ...(swarm.problem === undefined && (!swarm.isManager || swarm.hasQuorum)
      ? []
      : [
          say(
            'problem',
            `its swarm cannot be changed: ${swarm.problem ?? 'no quorum'}`,
            'bring back a majority of its managers',
          ),
        ]),
    ...(availability === 'active'
      ? []
      : [
          say(
            'problem',
            `is set to ${availability} in its swarm: no container there can join a network that spans engines`,
            `docker node update --availability active ${swarm.nodeId}`,
          ),
        ]),
    ...(examined?.hasIpvs === false
      ? [say('warning', noIpvs, 'use endpoint_mode: dnsrr and ports with mode: host')]
      : []),
    ...(examined !== undefined && examined.hasIpvs === undefined
      ? [say('unknown', 'whether its kernel has IPVS, which virtual addresses of Swarm services need')]
      : []),
  ];
}

const ofAll = (level: Finding['level'], message: string, hint: string | undefined): Finding => ({
  level,
  engine: undefined,
  message,
  hint,
});

/** Networks span the members of one swarm. */
function checkSwarms(seen: readonly AnsweringEngine[]): readonly Finding[] {
  const outside = seen.filter(({ info }) => info.swarm === undefined);
  const clusters = new Set(seen.flatMap(({ info }) => (info.swarm === undefined ? [] : [info.swarm.clusterId])));
  if (clusters.size > 1) {
    const hint = 'networks span one swarm: list the engines of one, or let those of the others leave theirs';
    return [ofAll('problem', 'they are members of different swarms, or of one whose managers are not listed', hint)];
  }
  if (outside.length > 0) {
    const names = outside.map(({ engine }) => engine.name).join(', ');
    const message = `no swarm has them all (${names}): services on different engines cannot share a network`;
    return [ofAll('problem', message, 'stack engines join')];
  }
  return checkNodes(seen.map(({ info }) => info.swarm?.nodes ?? []).find(({ length }) => length > 0) ?? []);
}

/** What the managers tell of the members, and what nobody tells. */
function checkNodes(nodes: readonly SwarmMember[]): readonly Finding[] {
  const lost = nodes.filter(({ isReady }) => !isReady).map(({ hostname }) => hostname);
  const managers = nodes.filter(({ isManager }) => isManager).length;
  const two = 'two managers bear the loss of none: one alone is no majority';
  return [
    ...(lost.length === 0
      ? []
      : [
          ofAll(
            'problem',
            `the managers do not hear of ${lost.join(', ')}`,
            'open tcp 2377 and tcp and udp 7946 between them',
          ),
        ]),
    ...(managers === 2
      ? [ofAll('warning', two, 'make it one or three: `docker node demote` or `docker node promote`')]
      : []),
    ofAll(
      'unknown',
      'whether packets pass between them (udp 4789, tcp and udp 7946): engines do not tell',
      'names that resolve to addresses which do not answer mean that udp 4789 is closed',
    ),
  ];
}
