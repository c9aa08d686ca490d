import type { Balancing, Listener } from '../../model/balancing.ts';
import type { ContainerId } from '../../model/id.ts';

/**
 * HAProxy's configuration for what a balancer does.
 *
 * Servers are found by the short id of their container, which the engine's DNS answers from the container's first
 * start to its last, whatever it is called meanwhile. They are asked again all the time, since a container that was
 * restarted has another address.
 */
export const haproxyConfig = ({ listeners, servers }: Balancing): string =>
  [preamble, ...listeners.map((listener) => section(listener, servers))].join('\n');

/**
 * Connections may be idle for a day, as they may without a balancer. Without the limit on files HAProxy reserves
 * memory for as many as the engine allows, which may be a billion. Of all logs only changes of servers are told.
 */
const preamble = `global
  log stdout format raw daemon notice
  fd-hard-limit 65536
  mworker-max-reloads 50

defaults
  log global
  balance leastconn
  option redispatch 1
  option clitcpka
  option srvtcpka
  retries 3
  timeout connect 2s
  timeout client 1d
  timeout server 1d
  timeout tunnel 1d
  default-server check inter 1s fastinter 300ms downinter 500ms fall 2 rise 1 resolvers engine resolve-prefer ipv4 init-addr libc,none

resolvers engine
  nameserver engine 127.0.0.11:53
  accepted_payload_size 8192
  resolve_retries 3
  timeout resolve 1s
  timeout retry 1s
  hold valid 1s
  hold nx 3s
`;

function section({ port, mode }: Listener, servers: readonly ContainerId[]): string {
  const lines = [
    // The entrypoint knows whether the kernel has IPv6.
    `bind "\${BALANCER_ADDRESS}:${port}" v4v6`,
    `mode ${mode}`,
    ...(mode === 'http' ? ofHttp : []),
    ...servers.map((id) => `server ${id.slice(0, 12)} ${id.slice(0, 12)}:${port}`),
  ];
  return `listen port-${port}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/**
 * A request that got no answer goes to another replica if asking twice does no harm. Idle connections of clients end
 * after two seconds, so that few are left when a worker of an older configuration is to end; those that are there
 * then are told with the next answer and not cut.
 */
const ofHttp = [
  'option forwardfor',
  'option http-server-close',
  'option idle-close-on-response',
  'retry-on conn-failure empty-response',
  'http-request disable-l7-retry unless { method GET HEAD OPTIONS }',
  'timeout http-request 1m',
  'timeout http-keep-alive 2s',
];
