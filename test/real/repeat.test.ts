import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { recordMutations } from '../support/real/recording-proxy.ts';
import { openStack } from '../support/real/stack.ts';

const stackFile = `
services:
  web:
    image: stack-test/busybox:1
    command: [httpd, -f, -p, '80', -h, /etc]
    environment: {B: '2', A: '1'}
    ports: ['18081:80', '127.0.0.1::81/udp']
    expose: ['9000']
    labels: {team: blue}
    networks: {front: {aliases: [www]}, default: {}}
    volumes: ['data:/data', '/scratch', './folder:/folder:ro', {type: tmpfs, target: /run}]
    configs: [{source: motd, target: /etc/motd}]
    secrets: [token]
    depends_on: {db: {condition: service_healthy}, migrate: {condition: service_completed_successfully}}
    healthcheck: {test: [CMD, 'true'], interval: 1s}
    ulimits: {nofile: 1024}
    cap_add: [NET_ADMIN]
    mem_limit: 64m
    scale: 1
    stop_grace_period: 0s
  db:
    image: stack-test/busybox:1
    command: [sleep, '600']
    healthcheck: {test: test -d /data, interval: 1s}
    volumes: ['data:/data']
    restart: unless-stopped
    init: false
    stop_grace_period: 0s
  migrate:
    image: stack-test/busybox:1
    command: ['true']
  workers:
    image: stack-test/busybox:1
    command: [sleep, '600']
    stop_grace_period: 0s
    network_mode: none
    deploy: {replicas: 2}
networks: {front: {internal: true}}
volumes: {data: {labels: {keep: yes please}}}
configs: {motd: {content: hello}}
secrets: {token: {file: token}}
`;

onEachEngine((engine) => {
  test('a second up makes no mutating call, and the plan is empty', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile, token: 'x', 'folder/file': 'y' });
    const first = await recordMutations(engine);
    await stack.ok('-H', first.host, 'up', '-d', '--wait');
    expect(first.mutations).toContainEqual(expect.stringContaining('/containers/create'));

    const second = await recordMutations(engine);
    await stack.ok('-H', second.host, 'up', '-d', '--wait');
    expect(second.mutations).toEqual([]);
    await stack.ok('plan', '--detailed-exitcode');
  });
});
