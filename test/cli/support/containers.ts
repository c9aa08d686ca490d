import { containerId, imageId } from '../../../src/model/id.ts';
import type { EngineInfo, ObservedContainer, ObservedPort } from '../../../src/model/observed.ts';

/** A running container `shop-web-1`, with what a test says of it. */
export function observedContainer(over: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: containerId('c'.repeat(64)),
    name: 'shop-web-1',
    service: 'web',
    slot: 1,
    isOneOff: false,
    state: 'running',
    health: 'none',
    healthOutput: '',
    exitCode: 0,
    restartCount: 0,
    startedAt: '2026-01-01T00:00:00Z',
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt: '',
    image: 'nginx:alpine',
    imageId: imageId(`sha256:${'1'.repeat(64)}`),
    command: "nginx -g 'daemon off;'",
    spec: undefined,
    dependsOn: [],
    networks: [],
    mounts: [],
    ports: [],
    labels: [],
    ...over,
  };
}

/** An exposed TCP port, with what a test says of it. */
export function port(over: Partial<ObservedPort>): ObservedPort {
  return { hostIp: '', published: 0, target: 80, protocol: 'tcp', ...over };
}

export const engineInfo: EngineInfo = {
  version: '26.1.5',
  apiVersion: '1.45',
  os: 'linux',
  arch: 'amd64',
  cpus: 2,
  memoryBytes: 4e9,
  labels: [],
  hostname: 'east',
  isLocal: true,
  createsWithManyNetworks: true,
};
