import type { SwarmReservations, SwarmRestart, SwarmSettings } from '../../model/target.ts';
import { bytesAt, durationMsAt, limitAt, mappingsOf, type Node, numberAt, pairsAt, wordAt } from '../read.ts';
import { find } from '../tree.ts';

/** What a service says to a swarm alone. `isAwaited`: others wait until it has ended. */
export function readSwarmSettings(service: Node, isAwaited: boolean): SwarmSettings {
  const isJob = wordAt(service, 'deploy', 'mode')?.endsWith('-job') === true;
  const platform = wordAt(service, 'platform');
  return {
    isJob,
    restart: readRestart(service, isJob || isAwaited),
    endpointMode: wordAt(service, 'deploy', 'endpoint_mode') === 'dnsrr' ? 'dnsrr' : 'vip',
    labels: pairsAt(service, ['deploy', 'labels']),
    reservations: readReservations(service),
    platforms: platform === undefined ? [] : [platform],
  };
}

/**
 * `deploy.restart_policy` wins over `restart`. Where neither is there, what has to end is not started again, and the
 * swarm keeps everything else running, as it does by itself.
 */
function readRestart(service: Node, hasToEnd: boolean): SwarmRestart {
  const policy = find(service, 'deploy', 'restart_policy');
  const [word, attempts] = (wordAt(service, 'restart') ?? '').split(':');
  const otherwise = hasToEnd ? 'none' : 'any';
  const stated = policy === undefined ? word : wordAt(policy, 'condition');
  return {
    condition: stated === undefined || stated === '' ? otherwise : conditionOf(stated),
    delayMs: durationMsAt(policy, 'delay'),
    maxAttempts:
      policy === undefined ? (attempts === undefined ? undefined : Number(attempts)) : numberAt(policy, 'max_attempts'),
    windowMs: durationMsAt(policy, 'window'),
  };
}

function conditionOf(word: string): SwarmRestart['condition'] {
  if (word === 'no' || word === 'none') return 'none';
  return word === 'on-failure' ? word : 'any';
}

function readReservations(service: Node): SwarmReservations {
  const reserved = find(service, 'deploy', 'resources', 'reservations');
  const cpus = limitAt(reserved, 'cpus');
  return {
    cpuNanos: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    memoryBytes: bytesAt(reserved, 'memory') ?? bytesAt(service, 'mem_reservation'),
    generic: mappingsOf(find(reserved, 'generic_resources'))
      .map((item) => ({
        kind: wordAt(item, 'discrete_resource_spec', 'kind') ?? '',
        value: numberAt(item, 'discrete_resource_spec', 'value') ?? 0,
      }))
      .toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
  };
}
