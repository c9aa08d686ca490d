import { expect, test } from 'vitest';
import { readForeignService } from '../../../src/engine/swarm/foreign.ts';

test('what docker deployed is read in the words of the stack file', () => {
  const answer = {
    Spec: {
      Labels: { 'com.docker.stack.image': 'nginx:1', 'com.docker.stack.namespace': 'app', team: 'web' },
      TaskTemplate: {
        ContainerSpec: {
          Image: `nginx:1@sha256:${'a'.repeat(64)}`,
          Labels: { 'com.docker.stack.namespace': 'app', tier: 'front' },
          Env: ['A=1=2', 'B'],
          Healthcheck: { Test: ['CMD', 'true'], Interval: 5e9 },
          Mounts: [
            { Type: 'volume', Source: 'app_data', Target: '/data', ReadOnly: true },
            { Type: 'tmpfs', Target: '/run' },
          ],
          Configs: [{ ConfigName: 'app_page' }],
        },
        Resources: { Limits: { MemoryBytes: 64 }, Reservations: {} },
        Placement: { Constraints: ['node.role == worker'] },
        Networks: [{ Target: 'nid' }],
      },
      UpdateConfig: { Parallelism: 2, Delay: 1e9, FailureAction: 'pause', MaxFailureRatio: 0 },
      EndpointSpec: {
        Mode: 'dnsrr',
        Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'host' }],
      },
    },
  };
  expect(readForeignService(answer)).toMatchObject({
    container: {
      image: 'nginx:1',
      command: undefined,
      environment: [['A', '1=2']],
      labels: [['tier', 'front']],
      healthcheck: { kind: 'command', test: ['CMD', 'true'], intervalMs: 5000, timeoutMs: undefined },
      ports: [{ target: 80, published: { from: 8080, to: 8080 }, mode: 'host' }],
    },
    memoryBytes: 64,
    cpuNanos: undefined,
    placement: { constraints: ['node.role==worker'], maxReplicasPerNode: undefined },
    update: { parallelism: 2, delayMs: 1000, failureAction: 'pause', maxFailureRatio: undefined },
    endpointMode: 'dnsrr',
    labels: [['team', 'web']],
    networkIds: ['nid'],
    mounts: ['app_data:/data:ro', 'tmpfs:/run'],
    files: [{ kind: 'config', name: 'app_page' }],
  });
});
