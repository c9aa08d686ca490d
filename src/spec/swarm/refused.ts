/** An attribute that no Swarm service can have. */
export interface Refused {
  readonly path: readonly string[];
  readonly reason: string;
  readonly hint?: string;
  /** Values that ask for nothing out of the ordinary. */
  readonly unless?: (word: string | undefined) => boolean;
}

const unknown = 'the API of Swarm services has no such thing';
const nodeWide = 'tasks of two services may run on two nodes';
const limits = 'Swarm limits memory, processors and processes, and nothing else';
const ownName = 'every task has a name of its own';
const byScheduler = 'a swarm gives its tasks their addresses itself';

/** Of a service, in the order in which they are told. */
export const attributes: readonly Refused[] = [
  {
    path: ['privileged'],
    reason: 'Swarm runs no privileged containers',
    hint: 'add the capabilities that it needs with "cap_add"',
  },
  {
    path: ['devices'],
    reason: 'Swarm gives tasks no devices',
    hint: 'reserve "generic_resources", or run it with `--target engines`',
  },
  { path: ['device_cgroup_rules'], reason: 'Swarm gives tasks no devices' },
  { path: ['gpus'], reason: 'Swarm gives tasks no devices', hint: 'reserve "generic_resources"' },
  {
    path: ['deploy', 'resources', 'reservations', 'devices'],
    reason: 'Swarm gives tasks no devices',
    hint: 'reserve "generic_resources"',
  },
  { path: ['use_api_socket'], reason: unknown, hint: 'mount /var/run/docker.sock, and keep the service on managers' },
  { path: ['container_name'], reason: ownName, hint: 'leave it out; the service is found by its name' },
  { path: ['links'], reason: nodeWide, hint: 'leave it out: services of one network find each other by name' },
  { path: ['external_links'], reason: nodeWide },
  { path: ['volumes_from'], reason: nodeWide, hint: 'mount the same named volume in both' },
  { path: ['pid'], reason: unknown },
  { path: ['ipc'], reason: unknown, unless: (word) => word === 'private' },
  { path: ['uts'], reason: unknown },
  { path: ['cgroup'], reason: unknown, unless: (word) => word === 'private' },
  { path: ['cgroup_parent'], reason: unknown },
  { path: ['userns_mode'], reason: unknown },
  { path: ['runtime'], reason: 'every node runs tasks with its own default runtime' },
  { path: ['mac_address'], reason: byScheduler },
  { path: ['domainname'], reason: unknown, hint: 'write it into "hostname"' },
  { path: ['annotations'], reason: unknown, hint: 'use "labels"' },
  { path: ['storage_opt'], reason: unknown },
  { path: ['blkio_config'], reason: limits },
  { path: ['cpu_shares'], reason: limits, hint: 'use "deploy.resources"' },
  { path: ['cpu_period'], reason: limits, hint: 'use "cpus"' },
  { path: ['cpu_quota'], reason: limits, hint: 'use "cpus"' },
  { path: ['cpu_rt_period'], reason: limits },
  { path: ['cpu_rt_runtime'], reason: limits },
  { path: ['cpu_count'], reason: limits, hint: 'use "cpus"' },
  { path: ['cpu_percent'], reason: limits, hint: 'use "cpus"' },
  { path: ['cpuset'], reason: limits },
  { path: ['memswap_limit'], reason: limits },
  { path: ['mem_swappiness'], reason: limits },
  { path: ['oom_kill_disable'], reason: limits },
  {
    path: ['post_start'],
    reason: 'nobody runs commands in a task after its start',
    hint: 'do it in the image, or in a service that others wait for',
  },
  {
    path: ['pre_stop'],
    reason: 'nobody runs commands in a task before its stop',
    hint: 'let the program do it when it gets its stop signal',
  },
];

/** Of a service's place in one network. */
export const ofAttachments: readonly Refused[] = [
  { path: ['ipv4_address'], reason: byScheduler, hint: 'leave it out; services find each other by name' },
  { path: ['ipv6_address'], reason: byScheduler },
  { path: ['link_local_ips'], reason: byScheduler },
  { path: ['mac_address'], reason: byScheduler },
  { path: ['interface_name'], reason: unknown },
  { path: ['gw_priority'], reason: unknown, unless: (word) => word === '0' },
];

/** Of a mount of a path of the node. */
export const ofBinds: readonly Refused[] = [
  { path: ['bind', 'selinux'], reason: 'Swarm labels no files for SELinux', hint: 'label them on every node' },
];
