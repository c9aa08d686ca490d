import type {
  ContainerSpec,
  Healthcheck,
  Namespaces,
  PublishedPort,
  RestartPolicy,
  Security,
} from '../../model/container.ts';
import type { Project } from '../../model/desired.ts';
import {
  durationMsAt,
  flagAt,
  mappingsOf,
  type Node,
  numberAt,
  optionalPairsAt,
  pairsAt,
  sortedTextsAt,
  textsAt,
  wordAt,
} from '../read.ts';
import { find, isNull, type Mapping } from '../tree.ts';
import { type Contents, readFiles } from './files.ts';
import { readHooks } from './hooks.ts';
import { readMounts, readVolumesFrom } from './mounts.ts';
import { readNetworkMode } from './network.ts';
import { readDevices, readResources } from './resources.ts';

/** What a service's container is read from. */
export interface ContainerSource {
  readonly name: string;
  readonly service: Mapping;
  readonly tree: Mapping;
  readonly project: Project;
  readonly contents: Contents;
  readonly securityOpt: readonly string[];
}

/** Everything that defines a container of the service, as Docker Compose would create it. */
export function readContainer(source: ContainerSource): ContainerSpec {
  const { service, tree } = source;
  return {
    image: imageOf(source),
    platform: wordAt(service, 'platform'),
    command: wordsAt(service, 'command'),
    entrypoint: wordsAt(service, 'entrypoint'),
    environment: pairsAt(service, ['environment'], 'drop'),
    ...readUnset(service),
    labels: pairsAt(service, ['labels']),
    annotations: pairsAt(service, ['annotations']),
    workingDir: wordAt(service, 'working_dir'),
    user: wordAt(service, 'user'),
    hostname: wordAt(service, 'hostname'),
    domainname: wordAt(service, 'domainname'),
    tty: flagAt(service, 'tty') ?? false,
    stdinOpen: flagAt(service, 'stdin_open') ?? false,
    init: flagAt(service, 'init'),
    stopSignal: wordAt(service, 'stop_signal'),
    stopGracePeriodMs: durationMsAt(service, 'stop_grace_period'),
    restart: readRestart(service),
    healthcheck: readHealthcheck(find(service, 'healthcheck')),
    ports: mappingsOf(find(service, 'ports')).map(readPort),
    expose: readExpose(service),
    volumes: readMounts(service),
    volumesFrom: readVolumesFrom(service),
    files: readFiles(service, source.contents),
    network: readNetworkMode(service, find(tree, 'networks')),
    links: textsAt(service, 'links'),
    externalLinks: textsAt(service, 'external_links'),
    dns: textsAt(service, 'dns'),
    dnsSearch: textsAt(service, 'dns_search'),
    dnsOpt: textsAt(service, 'dns_opt'),
    extraHosts: textsAt(service, 'extra_hosts'),
    macAddress: wordAt(service, 'mac_address'),
    logging: readLogging(find(service, 'logging')),
    sysctls: pairsAt(service, ['sysctls']),
    security: readSecurity(service, source.securityOpt),
    namespaces: readNamespaces(service),
    devices: readDevices(service),
    resources: readResources(service),
    ...readHooks(service),
  };
}

/** Variables that nobody gives a value: the container does not get those of the image either. */
function readUnset(service: Node): Pick<ContainerSpec, 'unsetEnvironment'> {
  const names = optionalPairsAt(service, ['environment']).flatMap(([name, value]) =>
    value === undefined ? [name] : [],
  );
  return names.length === 0 ? {} : { unsetEnvironment: names };
}

/** A service that is only built gets an image of its own name. */
function imageOf({ service, project, name }: ContainerSource): string {
  return wordAt(service, 'image') ?? `${project.name}-${name}`;
}

/** `null` keeps what the image has; an empty list clears it. */
function wordsAt(service: Node, key: string): readonly string[] | undefined {
  const node = find(service, key);
  return node === undefined || isNull(node) ? undefined : textsAt(node);
}

/** `deploy.restart_policy` wins over `restart`; without `condition` it means `any`, as the specification has it. */
export function readRestart(service: Node): RestartPolicy {
  const policy = find(service, 'deploy', 'restart_policy');
  if (policy?.kind === 'mapping') {
    const condition = conditionOf(wordAt(policy, 'condition') ?? 'any');
    return { condition, maxAttempts: condition === 'on-failure' ? numberAt(policy, 'max_attempts') : undefined };
  }
  const [word = 'no', attempts] = (wordAt(service, 'restart') ?? 'no').split(':');
  return { condition: conditionOf(word), maxAttempts: attempts === undefined ? undefined : Number(attempts) };
}

function conditionOf(word: string): RestartPolicy['condition'] {
  if (word === 'any') return 'always';
  return word === 'always' || word === 'on-failure' || word === 'unless-stopped' ? word : 'no';
}

/** `disable` and `[NONE]` turn off the image's own check. */
function readHealthcheck(node: Node): Healthcheck | undefined {
  if (node?.kind !== 'mapping') return undefined;
  const test = textsAt(node, 'test');
  if (flagAt(node, 'disable') === true || test[0] === 'NONE') return { kind: 'disabled' };
  return {
    kind: 'command',
    test: test.length === 0 ? undefined : test,
    intervalMs: durationMsAt(node, 'interval'),
    timeoutMs: durationMsAt(node, 'timeout'),
    retries: numberAt(node, 'retries'),
    startPeriodMs: durationMsAt(node, 'start_period'),
    startIntervalMs: durationMsAt(node, 'start_interval'),
  };
}

function readPort(port: Mapping): PublishedPort {
  const [from, to] = (wordAt(port, 'published') ?? '').split('-').map(Number);
  const appProtocol = wordAt(port, 'app_protocol');
  return {
    target: numberAt(port, 'target') ?? 0,
    protocol: wordAt(port, 'protocol') ?? 'tcp',
    hostIp: wordAt(port, 'host_ip'),
    published: from === undefined || from === 0 ? undefined : { from, to: to ?? from },
    mode: wordAt(port, 'mode') === 'host' ? 'host' : 'ingress',
    ...(appProtocol === undefined ? {} : { appProtocol }),
  };
}

/** `3000-3002/udp` is three ports; a range that runs backwards is none. */
function readExpose(service: Node): readonly string[] {
  const ports = textsAt(service, 'expose').flatMap((text) => {
    const [range = '', protocol = 'tcp'] = text.split('/');
    const [from = 0, to = from] = range.split('-').map(Number);
    if (!(from >= 1 && to <= 65_535)) return [];
    return Array.from(
      { length: Math.max(0, to - from + 1) },
      (_, index) => `${from + index}/${protocol.toLowerCase()}`,
    );
  });
  return [...new Set(ports)].toSorted();
}

function readLogging(node: Node): ContainerSpec['logging'] {
  if (node?.kind !== 'mapping') return undefined;
  return { driver: wordAt(node, 'driver'), options: pairsAt(node, ['options']) };
}

function readSecurity(service: Node, securityOpt: readonly string[]): Security {
  return {
    privileged: flagAt(service, 'privileged') ?? false,
    readOnly: flagAt(service, 'read_only') ?? false,
    capAdd: sortedTextsAt(service, 'cap_add'),
    capDrop: sortedTextsAt(service, 'cap_drop'),
    securityOpt,
    groupAdd: sortedTextsAt(service, 'group_add'),
    usernsMode: wordAt(service, 'userns_mode'),
  };
}

function readNamespaces(service: Node): Namespaces {
  return {
    ipc: wordAt(service, 'ipc'),
    pid: wordAt(service, 'pid'),
    uts: wordAt(service, 'uts'),
    cgroup: wordAt(service, 'cgroup'),
    cgroupParent: wordAt(service, 'cgroup_parent'),
  };
}
