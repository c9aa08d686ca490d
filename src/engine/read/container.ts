import type { ContainerSpec } from '../../model/container.ts';
import { type ContainerId, containerId, imageId, networkId } from '../../model/id.ts';
import type { ContainerState, Health, ObservedContainer, ObservedMount, ObservedPort } from '../../model/observed.ts';
import { dependencyNames, label, recordedPrevious, recordedSpec } from '../labels.ts';
import { at, keysAt, listAt, numberAt, pairsAt, textAt, textsAt } from './answer.ts';

const maxHealthOutput = 4096;

/** Reads the answer of `GET /containers/{id}/json`. */
export function readContainer(answer: unknown): ObservedContainer {
  const labels = pairsAt(answer, 'Config', 'Labels');
  const named = new Map(labels);
  return {
    id: containerId(textAt(answer, 'Id')),
    name: textAt(answer, 'Name').replace(/^\//, ''),
    service: named.get(label.service) ?? '',
    slot: readSlot(named.get(label.slot)),
    isOneOff: named.get(label.oneOff)?.toLowerCase() === 'true',
    state: readState(textAt(answer, 'State', 'Status')),
    health: readHealth(textAt(answer, 'State', 'Health', 'Status')),
    healthOutput: textAt(listAt(answer, 'State', 'Health', 'Log').at(-1), 'Output').slice(0, maxHealthOutput),
    exitCode: numberAt(answer, 'State', 'ExitCode'),
    wasOutOfMemory: at(answer, 'State', 'OOMKilled') === true,
    restartCount: numberAt(answer, 'RestartCount'),
    startedAt: readTime(textAt(answer, 'State', 'StartedAt')),
    createdAt: readTime(textAt(answer, 'Created')),
    finishedAt: readTime(textAt(answer, 'State', 'FinishedAt')),
    image: textAt(answer, 'Config', 'Image'),
    imageId: imageId(textAt(answer, 'Image')),
    command: [textAt(answer, 'Path'), ...textsAt(answer, 'Args')].join(' '),
    spec: recordedSpec(labels) as ContainerSpec | undefined,
    previous: recordedPrevious(labels),
    dependsOn: dependencyNames(named.get(label.dependsOn) ?? ''),
    networks: readNetworks(answer),
    mounts: listAt(answer, 'Mounts').map(readMount),
    joins: readJoins(at(answer, 'HostConfig')),
    ports: readPorts(at(answer, 'NetworkSettings', 'Ports')),
    labels,
  };
}

function readSlot(text: string | undefined): number {
  const slot = Number(text);
  return Number.isSafeInteger(slot) && slot > 0 ? slot : 1;
}

function readState(text: string): ContainerState {
  switch (text) {
    case 'created':
    case 'running':
    case 'paused':
    case 'restarting':
    case 'removing':
    case 'exited':
      return text;
    default:
      return 'dead';
  }
}

function readHealth(text: string): Health {
  return text === 'starting' || text === 'healthy' || text === 'unhealthy' ? text : 'none';
}

/** The engine writes the year 1 for "never". */
const readTime = (text: string): string => (text.startsWith('0001-') ? '' : text);

function readNetworks(answer: unknown): ObservedContainer['networks'] {
  return keysAt(answer, 'NetworkSettings', 'Networks').map((name) => {
    const endpoint = at(answer, 'NetworkSettings', 'Networks', name);
    return { name, id: networkId(textAt(endpoint, 'NetworkID')), address: textAt(endpoint, 'IPAddress') };
  });
}

/** The engine keeps the full ids that it was given: `container:<id>`, and `<id>:ro` for volumes. */
function readJoins(hostConfig: unknown): readonly ContainerId[] {
  const modes = ['NetworkMode', 'IpcMode', 'PidMode'].map((mode) => textAt(hostConfig, mode));
  const joined = modes.filter((mode) => mode.startsWith('container:')).map((mode) => mode.slice('container:'.length));
  const volumes = textsAt(hostConfig, 'VolumesFrom').map((entry) => entry.replace(/:(ro|rw)$/, ''));
  return [...new Set([...joined, ...volumes])].filter((id) => /^[0-9a-f]{64}$/.test(id)).map(containerId);
}

function readMount(mount: unknown): ObservedMount {
  return {
    type: textAt(mount, 'Type'),
    volume: textAt(mount, 'Type') === 'volume' ? textAt(mount, 'Name') : '',
    source: textAt(mount, 'Source'),
    target: textAt(mount, 'Destination'),
  };
}

/** `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "81/tcp": null}` */
function readPorts(ports: unknown): readonly ObservedPort[] {
  return keysAt(ports).flatMap((key) => {
    const [target = '', protocol = 'tcp'] = key.split('/');
    const exposed = { hostIp: '', published: 0, target: Number(target) || 0, protocol };
    const bindings = listAt(ports, key);
    if (bindings.length === 0) return [exposed];
    return bindings.map((binding) => ({
      ...exposed,
      hostIp: textAt(binding, 'HostIp'),
      published: Number(textAt(binding, 'HostPort')) || 0,
    }));
  });
}
