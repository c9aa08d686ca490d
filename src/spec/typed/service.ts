import { build, deviceRequest, file, hosts, ulimits } from './build.ts';
import {
  always,
  bytes,
  choice,
  command,
  count,
  decimal,
  duration,
  fields,
  flag,
  integer,
  list,
  map,
  pairs,
  period,
  type Shape,
  text,
  texts,
  variables,
} from './shape.ts';

export const throttle: Shape = fields({ path: text, rate: bytes });
export const weightDevice: Shape = fields({ path: text, weight: integer });
const throttles: Shape = list(throttle);

const blockIo: Shape = fields({
  weight: integer,
  weight_device: list(weightDevice),
  device_read_bps: throttles,
  device_read_iops: throttles,
  device_write_bps: throttles,
  device_write_iops: throttles,
});

const update: Shape = fields({
  parallelism: count,
  delay: duration,
  failure_action: text,
  monitor: duration,
  max_failure_ratio: decimal,
  order: text,
});

const resource: Shape = fields({
  cpus: decimal,
  memory: bytes,
  pids: integer,
  devices: list(deviceRequest),
  generic_resources: list(fields({ discrete_resource_spec: fields({ kind: text, value: count }) })),
});

const deploy: Shape = fields({
  mode: text,
  replicas: count,
  labels: pairs,
  update_config: update,
  rollback_config: update,
  resources: always({ limits: resource, reservations: resource }),
  restart_policy: fields({ condition: text, delay: period, max_attempts: count, window: period }),
  placement: always({
    constraints: texts,
    preferences: list(fields({ spread: text })),
    max_replicas_per_node: integer,
  }),
  endpoint_mode: text,
});

const hookFields = { command, user: text, privileged: flag, working_dir: text, environment: variables } as const;
const hooks: Shape = list(fields(hookFields));

const attachment: Shape = fields({
  aliases: texts,
  driver_opts: pairs,
  gw_priority: integer,
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: texts,
  mac_address: text,
  priority: integer,
});

const port: Shape = fields({
  name: text,
  mode: text,
  host_ip: text,
  target: integer,
  published: text,
  protocol: text,
  app_protocol: text,
});

const mount: Shape = fields({
  type: text,
  source: text,
  target: text,
  read_only: flag,
  consistency: text,
  bind: fields({ selinux: text, propagation: text, create_host_path: flag, recursive: text }),
  volume: fields({ labels: pairs, nocopy: flag, subpath: text }),
  tmpfs: fields({ size: bytes, mode: integer }),
  image: fields({ subpath: text }),
});

const healthcheck: Shape = fields({
  test: { kind: 'test' },
  timeout: period,
  interval: period,
  retries: count,
  start_period: period,
  start_interval: period,
  disable: flag,
});

const watch: Shape = fields({
  path: text,
  action: text,
  target: text,
  exec: always(hookFields),
  include: texts,
  ignore: texts,
  initial_sync: flag,
});

const resources = {
  blkio_config: blockIo,
  cpu_count: integer,
  cpu_percent: decimal,
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpus: decimal,
  cpuset: text,
  cpu_shares: integer,
  deploy,
  mem_limit: bytes,
  mem_reservation: bytes,
  memswap_limit: bytes,
  mem_swappiness: bytes,
  oom_kill_disable: flag,
  oom_score_adj: integer,
  pids_limit: integer,
  scale: count,
  shm_size: bytes,
  storage_opt: pairs,
  ulimits,
} as const;

const security = {
  cap_add: texts,
  cap_drop: texts,
  cgroup_parent: text,
  cgroup: text,
  credential_spec: fields({ config: text, file: text, registry: text }),
  device_cgroup_rules: texts,
  devices: list(fields({ source: text, target: text, permissions: text })),
  gpus: list(deviceRequest),
  group_add: texts,
  ipc: text,
  isolation: text,
  pid: text,
  privileged: flag,
  read_only: flag,
  runtime: text,
  security_opt: texts,
  sysctls: pairs,
  use_api_socket: flag,
  user: text,
  userns_mode: text,
  uts: text,
} as const;

const networking = {
  dns: texts,
  dns_opt: texts,
  dns_search: texts,
  domainname: text,
  expose: texts,
  external_links: texts,
  extra_hosts: hosts,
  hostname: text,
  links: texts,
  mac_address: text,
  network_mode: text,
  networks: map(attachment),
  ports: list(port),
} as const;

export const serviceShape: Shape = fields({
  ...resources,
  ...security,
  ...networking,
  annotations: pairs,
  attach: choice,
  build,
  command,
  configs: list(file),
  container_name: text,
  depends_on: map(fields({ condition: text, restart: flag, required: choice })),
  develop: fields({ watch: list(watch) }),
  entrypoint: command,
  env_file: list(fields({ path: text, required: choice, format: text })),
  environment: variables,
  extends: fields({ file: text, service: text }),
  healthcheck,
  image: text,
  init: choice,
  label_file: texts,
  labels: pairs,
  logging: fields({ driver: text, options: pairs }),
  models: map(fields({ endpoint_var: text, model_var: text })),
  platform: text,
  post_start: hooks,
  pre_start: list(fields({ ...hookFields, image: text, per_replica: flag })),
  pre_stop: hooks,
  profiles: texts,
  provider: fields({ type: text, options: { kind: 'options' } }),
  pull_policy: text,
  pull_refresh_after: text,
  restart: text,
  secrets: list(file),
  stdin_open: flag,
  stop_grace_period: period,
  stop_signal: text,
  tmpfs: texts,
  tty: flag,
  volume_driver: text,
  volumes: list(mount),
  volumes_from: texts,
  working_dir: text,
});
