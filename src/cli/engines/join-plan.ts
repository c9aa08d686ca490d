import type { EngineInfo } from '../../model/observed.ts';
import { err, ok, type Result } from '../../model/result.ts';

/** An engine that is to be in the swarm, and how the others reach it; `undefined` lets the engine choose. */
export interface Candidate {
  readonly name: string;
  readonly info: EngineInfo;
  readonly advertise: string | undefined;
}

/** What makes one swarm of the engines. */
export interface JoinPlan {
  /** The one that begins the swarm, where there is none. */
  readonly begins: string | undefined;
  /** A manager, of before or the one that begins, through which the others come in. */
  readonly through: string;
  readonly managers: readonly string[];
  readonly workers: readonly string[];
  /** In it already. */
  readonly members: readonly string[];
}

/** Why there is no such plan. */
export interface JoinProblem {
  readonly message: string;
  readonly hint: string;
}

/** One manager of two engines, three of more: an even number bears the loss of no more, and four are slower than three. */
const mostManagers = 3;

/**
 * Decides who begins the swarm and who joins as what. Engines that are in it stay what they are; engines of another
 * swarm are refused, because joining would take them out of theirs.
 */
export function planJoin(candidates: readonly Candidate[]): Result<JoinPlan, JoinProblem> {
  const members = candidates.filter(({ info }) => info.swarm !== undefined);
  const problem = findProblem(members);
  if (problem !== undefined) return err(problem);
  const outside = candidates.filter(({ info }) => info.swarm === undefined);
  const { total, known } = sizeOf(members);
  const wanted = managersToAdd({ total: total + outside.length, known, joining: outside.length });
  const names = outside.map(({ name }) => name);
  const way = members.find(hasQuorum)?.name;
  const begins = way === undefined ? names[0] : undefined;
  const through = way ?? begins;
  if (through === undefined) return err({ message: 'there is no engine to join', hint: 'list engines, or name them' });
  return ok({
    begins,
    through,
    managers: names.slice(0, wanted).filter((name) => name !== begins),
    workers: names.slice(wanted),
    members: members.map(({ name }) => name),
  });
}

const hasQuorum = ({ info }: Candidate): boolean => info.swarm?.hasQuorum === true;

/** How many members and managers the swarm has, listed or not. */
function sizeOf(members: readonly Candidate[]): { readonly total: number; readonly known: number } {
  const nodes = members.find(hasQuorum)?.info.swarm?.nodes ?? [];
  return { total: nodes.length, known: nodes.filter(({ isManager }) => isManager).length };
}

interface Sizes {
  readonly total: number;
  readonly known: number;
  readonly joining: number;
}

function managersToAdd({ total, known, joining }: Sizes): number {
  const aim = total >= mostManagers ? mostManagers : 1;
  const reachable = Math.min(aim, known + joining);
  const odd = reachable % 2 === 0 ? reachable - 1 : reachable;
  return Math.max(0, odd - known);
}

function findProblem(members: readonly Candidate[]): JoinProblem | undefined {
  const stuck = members.find(({ info }) => info.swarm?.clusterId === '' && info.swarm.problem !== undefined);
  if (stuck !== undefined && stuck.info.swarm?.isManager === false) {
    const hint = 'wait until it is a member, or let it leave with `docker swarm leave --force`';
    return { message: `${stuck.name} is half in a swarm: ${stuck.info.swarm.problem ?? ''}`, hint };
  }
  const clusters = Map.groupBy(members, ({ info }) => info.swarm?.clusterId ?? '');
  if (clusters.size > 1) {
    const groups = [...clusters.values()].map((group) => group.map(({ name }) => name).join(', '));
    return {
      message: `they are in different swarms already: ${groups.join(' | ')}`,
      hint: '`docker swarm leave` on those that are to join the others; what runs there as Swarm services ends with that',
    };
  }
  const [first] = members;
  if (first === undefined) return undefined;
  if (members.some(hasQuorum)) return undefined;
  const manager = members.find(({ info }) => info.swarm?.isManager === true);
  if (manager === undefined) {
    return {
      message: `${first.name} is a worker of a swarm none of whose managers is among them`,
      hint: 'list a manager of its swarm, or let it leave with `docker swarm leave`',
    };
  }
  return {
    message: `the swarm of ${manager.name} cannot be changed: ${manager.info.swarm?.problem ?? 'no quorum'}`,
    hint: 'bring back a majority of its managers',
  };
}
