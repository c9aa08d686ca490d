import { isConstraintKey, parseConstraint } from '../desired/deploy.ts';
import { nearest } from '../nearest.ts';
import { entriesOf, itemsOf, mappingsOf, pairsAt, textAt, wordAt } from '../read.ts';
import { error, warning } from '../report.ts';
import { find, type Tree } from '../tree.ts';
import { imageFault } from '../values/image.ts';
import { isIp } from '../values/port.ts';
import type { ServiceCheck } from './service.ts';

/** Values of one service whose grammar no engine would accept, and those it would most probably not. */
export function checkValues(check: ServiceCheck): void {
  checkImage(check);
  checkPorts(check);
  checkTargets(check);
  checkOwners(check);
  checkCapabilities(check);
  checkDevices(check);
  checkLabels(check);
  checkConstraints(check);
}

function checkImage({ service, report }: ServiceCheck): void {
  const node = find(service, 'image');
  const image = wordAt(node);
  const fault = image === undefined ? undefined : imageFault(image);
  if (node === undefined || fault === undefined) return;
  const message = `"${(image ?? '').slice(0, 100)}" is no image reference: ${fault}`;
  report(error(node.span, { code: 'bad-image', message, hint: 'write it as name, name:tag or registry/name:tag' }));
}

const protocols = ['tcp', 'udp', 'sctp'];

/** Addresses to listen on; Docker Compose refuses those that are none. */
export function checkAddresses(check: ServiceCheck): void {
  checkPortField(check, 'host_ip', (text) =>
    isIp(text.replace(/^\[(.*)\]$/, '$1')) ? undefined : `"${text}" is no IP address to listen on`,
  );
}

function checkPorts(check: ServiceCheck): void {
  checkPortField(check, 'protocol', (text) =>
    protocols.includes(text.toLowerCase())
      ? undefined
      : `"${text}" is no protocol of a port; there are ${protocols.join(', ')}`,
  );
  checkPortField(check, 'target', (text) =>
    Number(text) >= 1 && Number(text) <= 65_535 ? undefined : `${text} is no port; they go from 1 to 65535`,
  );
}

function checkPortField(
  { service, report }: ServiceCheck,
  key: 'host_ip' | 'protocol' | 'target',
  fault: (text: string) => string | undefined,
): void {
  for (const port of mappingsOf(find(service, 'ports'))) {
    const node = find(port, key);
    // The canonical form leaves out what is 0.
    const text = wordAt(node) ?? (key === 'target' ? '0' : undefined);
    const message = text === undefined ? undefined : fault(text);
    if (message !== undefined) report(error((node ?? port).span, { code: 'bad-port', message }));
  }
}

/** Mounting over everything cannot work, and a path that climbs says something else than it does. */
function checkTargets(check: ServiceCheck): void {
  for (const attribute of ['volumes', 'secrets', 'configs'] as const) {
    for (const item of mappingsOf(find(check.service, attribute))) {
      const node = find(item, 'target');
      const target = wordAt(node);
      if (node !== undefined && target !== undefined) checkTarget(check, { node, target, attribute });
    }
  }
}

function checkTarget(
  { name, report }: ServiceCheck,
  { node, target, attribute }: { readonly node: Tree; readonly target: string; readonly attribute: string },
): void {
  if (target === '/') {
    const message = `service "${name}" cannot mount something over the root folder of its container`;
    report(error(node.span, { code: 'bad-target', message }));
  } else if (target.split(/[\\/]/).includes('..')) {
    const message = `the target "${target}" has "..", which leads out of its folder`;
    report(error(node.span, { code: 'bad-target', message, hint: 'write the whole path' }));
  } else if (attribute === 'volumes' && !/^(\/|\\\\|[A-Za-z]:)/.test(target)) {
    const message = `the target "${target}" is no absolute path`;
    report(warning(node.span, { code: 'bad-target', message, hint: `write "/${target}"` }));
  }
}

function checkOwners({ service, report }: ServiceCheck): void {
  const files = [...mappingsOf(find(service, 'secrets')), ...mappingsOf(find(service, 'configs'))];
  const owners = files.flatMap((file) => [find(file, 'uid'), find(file, 'gid')]).filter((node) => node !== undefined);
  for (const node of owners) {
    if (/^\d{1,10}$/.test(textAt(node) ?? '')) continue;
    const message = 'the owner of a file must be a number; names are known inside the container only';
    report(error(node.span, { code: 'bad-value', message }));
  }
}

const capabilities = new Set(
  (
    'ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE ' +
    'DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD ' +
    'NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN ' +
    'SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME ' +
    'SYS_TTY_CONFIG WAKE_ALARM'
  ).split(' '),
);

/** Kernels learn new ones, so an unknown capability is doubtful only. */
function checkCapabilities({ service, report }: ServiceCheck): void {
  for (const node of [...itemsOf(find(service, 'cap_add')), ...itemsOf(find(service, 'cap_drop'))]) {
    const word = (textAt(node) ?? '').toUpperCase().replace(/^CAP_/, '');
    if (capabilities.has(word)) continue;
    const near = nearest(word, capabilities);
    const hint = near === undefined ? undefined : `did you mean "${near}"?`;
    report(warning(node.span, { code: 'unknown-capability', message: `"${word}" is no known capability`, hint }));
  }
}

function checkDevices({ service, report }: ServiceCheck): void {
  for (const device of mappingsOf(find(service, 'devices'))) {
    const node = find(device, 'permissions');
    const permissions = wordAt(node);
    if (node === undefined || permissions === undefined || /^[rwm]{1,3}$/.test(permissions)) continue;
    const message = `"${permissions}" are no permissions of a device: they are letters of "rwm"`;
    report(warning(node.span, { code: 'bad-value', message }));
  }
}

const reserved = /^(stack|com\.docker\.compose)\./;

/** Labels by which a stack is found again; with other values it would be lost. */
function checkLabels({ name, service, report }: ServiceCheck): void {
  const labels = find(service, 'labels');
  const places = new Map(entriesOf(labels).map(([label, { key }]) => [label, key]));
  for (const [label] of pairsAt(service, ['labels'])) {
    const span = places.get(label) ?? labels?.span;
    if (span === undefined || !reserved.test(label)) continue;
    const message = `service "${name}" sets the label "${label}", which is kept for finding the stack again`;
    report(error(span, { code: 'reserved-label', message, hint: 'choose another name' }));
  }
}

function checkConstraints({ service, report }: ServiceCheck): void {
  for (const node of itemsOf(find(service, 'deploy', 'placement', 'constraints'))) {
    const text = textAt(node) ?? '';
    const constraint = parseConstraint(text);
    if (constraint !== undefined) {
      if (!isConstraintKey(constraint.key)) report(error(node.span, unknownKey(constraint.key)));
      continue;
    }
    const message = `"${text.slice(0, 100)}" is no placement constraint, and counts for nothing`;
    report(warning(node.span, { code: 'bad-constraint', message, hint: constraintHint(node) }));
  }
}

const unknownKey = (key: string): Parameters<typeof error>[1] => ({
  code: 'unknown-constraint',
  message: `no engine has "${key.slice(0, 100)}" for a constraint to be about`,
  hint: 'known are node.id, node.hostname, node.ip, node.role, node.platform.os, node.platform.arch, node.labels.NAME and engine.labels.NAME',
});

function constraintHint(node: Tree): string {
  const [key, value] = (textAt(node) ?? '').split('=');
  return key !== undefined && value !== undefined && value !== ''
    ? `write "${key.trim()} == ${value.trim()}"`
    : 'write it as node.labels.zone == a';
}
