import type { NetworkSpec, VolumeSpec } from '../../model/desired.ts';
import { containerId, imageId, networkId } from '../../model/id.ts';
import type { EngineInfo, ObservedImage, ObservedNetwork, ObservedVolume } from '../../model/observed.ts';
import { platformWord } from '../../model/platform.ts';
import { label, recordedSpec } from '../labels.ts';
import { at, keysAt, numberAt, pairsAt, textAt, textsAt } from './answer.ts';

/** Reads the answer of `GET /networks/{id}`; {@link stack} is whose key counts. */
export function readNetwork(answer: unknown, stack: string): ObservedNetwork {
  const labels = pairsAt(answer, 'Labels');
  const named = new Map(labels);
  return {
    id: networkId(textAt(answer, 'Id')),
    name: textAt(answer, 'Name'),
    key: named.get(label.project) === stack ? named.get(label.network) : undefined,
    driver: textAt(answer, 'Driver'),
    createdAt: textAt(answer, 'Created'),
    spec: recordedSpec(labels) as NetworkSpec | undefined,
    ...(textAt(answer, 'Scope') === 'swarm' && { isSwarmScoped: true }),
    endpoints: keysAt(answer, 'Containers')
      // Swarm's load balancer has an endpoint too, `lb-NAME`, which is no container.
      .filter((key) => /^[0-9a-f]{64}$/.test(key))
      .map(containerId),
  };
}

/** Reads one volume of `GET /volumes` or `GET /volumes/{name}`. */
export function readVolume(answer: unknown, stack: string): ObservedVolume {
  const labels = pairsAt(answer, 'Labels');
  const named = new Map(labels);
  return {
    name: textAt(answer, 'Name'),
    key: named.get(label.project) === stack ? named.get(label.volume) : undefined,
    driver: textAt(answer, 'Driver'),
    spec: recordedSpec(labels) as VolumeSpec | undefined,
  };
}

/** Reads the answer of `GET /images/{name}/json`. */
export function readImage(answer: unknown): ObservedImage {
  const test = textsAt(answer, 'Config', 'Healthcheck', 'Test');
  return {
    id: imageId(textAt(answer, 'Id')),
    digests: textsAt(answer, 'RepoDigests'),
    sizeBytes: numberAt(answer, 'Size'),
    volumes: keysAt(answer, 'Config', 'Volumes'),
    hasHealthcheck: test.length > 0 && test[0] !== 'NONE',
  };
}

/** What `GET /info` tells of the machine; the rest is known from the connection. */
export function readInfo(
  answer: unknown,
): Omit<EngineInfo, 'apiVersion' | 'isLocal' | 'createsWithManyNetworks' | 'swarm'> {
  const id = textAt(answer, 'ID');
  return {
    ...(id !== '' && { engineId: id }),
    version: textAt(answer, 'ServerVersion'),
    os: textAt(answer, 'OSType'),
    arch: platformWord(textAt(answer, 'Architecture')),
    cpus: numberAt(answer, 'NCPU'),
    memoryBytes: numberAt(answer, 'MemTotal'),
    labels: textsAt(answer, 'Labels').map((text) => {
      const [name = '', ...value] = text.split('=');
      return [name, value.join('=')] as const;
    }),
    hostname: textAt(answer, 'Name'),
  };
}

/** Whether a container's answer says that this very name is its own, and not the beginning of its id. */
export function holdsName(answer: unknown, name: string): boolean {
  return at(answer, 'Name') === `/${name}`;
}
