import type { Desired } from '../../src/model/desired.ts';
import type { Request } from '../../src/model/request.ts';
import type { Behaviour, MemoryWorld } from '../support/memory-world.ts';

/** One change of a stack, in the middle of which a run may die. */
export interface Scenario {
  readonly name: string;
  /** Converged before the change; undefined: nothing is there. */
  readonly before: Desired | undefined;
  /** What {@link before} was an update of. Default: of nothing. */
  readonly earlier?: Desired;
  /** What happens to an engine behind our back before the change. */
  readonly meddle?: (world: MemoryWorld) => void;
  readonly after: Desired;
  /** What is there in the end. Default: {@link after}, or {@link before} of the services that are {@link bad}. */
  readonly end?: Desired;
  /** The versions of containers in the end, by name, where they differ from what {@link end} says. */
  readonly versions?: Readonly<Record<string, string>>;
  /** How many replicas a service has in the end, where the file does not say. */
  readonly replicas?: Readonly<Record<string, number>>;
  /** What containers are like in the end. Default: running. */
  readonly state?: 'exited';
  readonly request: Request;
  /** Default: one, called alpha. */
  readonly engines?: readonly string[];
  readonly apiVersion?: string;
  /** Services that must have a running container at every moment. */
  readonly alwaysUp?: readonly string[];
  /** Services in front of which a load balancer stands in the end. Default: none. */
  readonly balanced?: readonly string[];
  /** Containers that one slot may hold at a moment. Default: two. */
  readonly crowd?: number;
  /** This version does not start any more once the state before is there. */
  readonly breaks?: string;
  /** Services whose new version does not work. */
  readonly bad?: readonly string[];
  /** What each run does again although there is nothing to change. Default: nothing. */
  readonly again?: RegExp;
  /** What a killed run left out of hooks nobody can tell later: the container had its name before. Default: one can. */
  readonly forgetsHooks?: boolean;
  /** The request names data that may go. Default: it does not. */
  readonly losesData?: boolean;
}

/** Every program is told by its environment how to behave. */
export function behave(
  { environment }: { readonly environment: readonly (readonly [string, string])[] },
  slot = 1,
): Behaviour {
  switch (new Map(environment).get('BEHAVIOUR')) {
    case 'exits':
      return { exitsAfterMs: 300, exitCode: 3, output: ['starting', 'fatal: no such table'] };
    case 'exits second':
      return slot === 2 ? { exitsAfterMs: 300, exitCode: 3 } : {};
    case 'exits late':
      return { exitsAfterMs: 8000, exitCode: 4 };
    case 'unhealthy':
      return { healthyAfterMs: 'never', output: ['listening on the wrong port'] };
    case 'refuses':
      return { refusesToStart: 'exec: "/nope": stat /nope: no such file or directory' };
    case 'bad hook':
      return { commands: { register: { exitCode: 1, output: ['no such service'] } } };
    case 'job':
      return { exitsAfterMs: 500, exitCode: 0 };
    default:
      return {};
  }
}
