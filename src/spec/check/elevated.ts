import { flagAt, itemsOf, mappingsOf, textAt, wordAt } from '../read.ts';
import { warning } from '../report.ts';
import { find, type Mapping, type Tree } from '../tree.ts';
import { keyOf, type ServiceCheck } from './service.ts';

/** Names what would let a container act as root on the machine of its engine. */
export function reportElevated(check: ServiceCheck): void {
  const { name, service, report } = check;
  const say: Say = (node, what) =>
    report(warning(node.span, { code: 'elevated-rights', message: `service "${name}" ${what}` }));
  const privileged = find(service, 'privileged');
  if (privileged !== undefined && flagAt(privileged) === true) {
    say(privileged, 'is privileged: it can do on the machine what root can');
  }
  for (const [attribute, shared] of namespaces) {
    const node = find(service, attribute);
    if (node !== undefined && wordAt(node) === 'host') say(node, `shares the ${shared} of the machine`);
  }
  reportOptions(service, say);
  reportMounts(check);
}

const namespaces = [
  ['pid', 'processes'],
  ['ipc', 'shared memory'],
  ['userns_mode', 'users'],
  ['uts', 'name'],
  ['cgroup', 'control groups'],
] as const;

type Say = (node: Tree, what: string) => void;

const strongCapabilities = ['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_RAWIO'];
const memoryDevices = ['/dev/mem', '/dev/kmem', '/dev/port'];

function reportOptions(service: Mapping, say: Say): void {
  for (const node of itemsOf(find(service, 'cap_add'))) {
    const word = (textAt(node) ?? '').toUpperCase().replace(/^CAP_/, '');
    if (strongCapabilities.includes(word))
      say(node, `has the capability ${word}, which is close to being root on the machine`);
  }
  for (const node of itemsOf(find(service, 'security_opt'))) {
    const option = textAt(node) ?? '';
    if (/[:=](unconfined|disable)$/.test(option)) say(node, `turns off a protection: ${option}`);
  }
  for (const node of mappingsOf(find(service, 'devices')).flatMap((device) => find(device, 'source') ?? [])) {
    if (memoryDevices.includes(wordAt(node) ?? '')) say(node, 'can read the memory of the machine');
  }
}

const sockets = ['docker.sock', 'containerd.sock', 'podman.sock', 'dockershim.sock'];

/** Folders of the machine that hold the engine's socket, its configuration or everything. */
const telling = new Set([
  '/',
  '/etc',
  '/root',
  '/boot',
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/var',
  '/var/run',
  '/var/lib',
  '/var/lib/docker',
]);

function reportMounts({ name, service, report }: ServiceCheck): void {
  for (const mount of mappingsOf(find(service, 'volumes'))) {
    const source = find(mount, 'source');
    const path = wordAt(source)?.replace(/(.)\/+$/, '$1');
    if (source === undefined || path === undefined || wordAt(mount, 'type') !== 'bind') continue;
    if (sockets.some((socket) => path.endsWith(`/${socket}`))) {
      const message = `service "${name}" mounts the engine's socket: it can do on the machine what root can, "read_only" or not`;
      report(warning(source.span, { code: 'engine-socket', message }));
    } else if (telling.has(path)) {
      const message = `service "${name}" mounts ${path} of the machine`;
      report(warning(source.span, { code: 'elevated-rights', message }));
    }
  }
  const span = keyOf(service, 'use_api_socket');
  if (span === undefined || flagAt(service, 'use_api_socket') !== true) return;
  const message = `service "${name}" gets the engine's socket, and with it root on the machine; registry logins are not passed on`;
  report(warning(span, { code: 'engine-socket', message }));
}
