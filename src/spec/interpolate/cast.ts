import { rulesOf } from '../rules.ts';

/** The type that Compose gives to text at some places, whether a variable stood there or not. */
export type Cast = 'integer' | 'number' | 'boolean';

const service: Readonly<Record<string, Cast>> = {
  cpu_count: 'integer',
  cpu_percent: 'number',
  cpu_period: 'integer',
  cpu_quota: 'integer',
  cpu_rt_period: 'integer',
  cpu_rt_runtime: 'integer',
  cpus: 'number',
  cpu_shares: 'integer',
  init: 'boolean',
  'depends_on.*.required': 'boolean',
  'depends_on.*.restart': 'boolean',
  'deploy.replicas': 'integer',
  'deploy.update_config.parallelism': 'integer',
  'deploy.update_config.max_failure_ratio': 'number',
  'deploy.rollback_config.parallelism': 'integer',
  'deploy.rollback_config.max_failure_ratio': 'number',
  'deploy.restart_policy.max_attempts': 'integer',
  'deploy.placement.max_replicas_per_node': 'integer',
  'healthcheck.retries': 'integer',
  'healthcheck.disable': 'boolean',
  oom_kill_disable: 'boolean',
  oom_score_adj: 'integer',
  pids_limit: 'integer',
  'ports.*.target': 'integer',
  privileged: 'boolean',
  read_only: 'boolean',
  scale: 'integer',
  stdin_open: 'boolean',
  tty: 'boolean',
  'ulimits.*': 'integer',
  'ulimits.*.hard': 'integer',
  'ulimits.*.soft': 'integer',
  'volumes.*.read_only': 'boolean',
  'volumes.*.volume.nocopy': 'boolean',
};

/** Where text becomes a number or a boolean. */
export const casts = rulesOf<Cast>({
  ...Object.fromEntries(Object.entries(service).map(([path, cast]) => [`services.*.${path}`, cast])),
  'networks.*.external': 'boolean',
  'networks.*.internal': 'boolean',
  'networks.*.attachable': 'boolean',
  'networks.*.enable_ipv4': 'boolean',
  'networks.*.enable_ipv6': 'boolean',
  'volumes.*.external': 'boolean',
  'secrets.*.external': 'boolean',
  'configs.*.external': 'boolean',
});

/** The words of YAML 1.1 for booleans, which Compose still takes and warns of. */
export const oldBooleans: ReadonlyMap<string, boolean> = new Map([
  ['y', true],
  ['yes', true],
  ['on', true],
  ['n', false],
  ['no', false],
  ['off', false],
]);

/** Text as the wanted type; `undefined` if it is none. */
export function castText(text: string, cast: Cast): number | boolean | undefined {
  if (cast === 'integer') return /^[-+]?\d+$/.test(text) ? Number(text) : undefined;
  if (cast === 'number') return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  return oldBooleans.get(word);
}
