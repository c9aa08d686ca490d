import { nearest } from '../nearest.ts';
import { mappingsOf, wordAt } from '../read.ts';
import { error, warning } from '../report.ts';
import { find, type Mapping } from '../tree.ts';
import { keyOf, related, type ServiceCheck } from './service.ts';
import { isShareable } from './sharing.ts';

/** Attributes whose words the specification leaves open and engines do not. */
const words: readonly (readonly [path: readonly string[], pattern: RegExp, allowed: readonly string[]])[] = [
  [
    ['restart'],
    /^(no|always|unless-stopped|on-failure(:\d{1,9})?)$/,
    ['no', 'always', 'unless-stopped', 'on-failure', 'on-failure:COUNT'],
  ],
  [['deploy', 'mode'], /^(replicated|global)(-job)?$/, ['replicated', 'global', 'replicated-job', 'global-job']],
  [
    ['deploy', 'restart_policy', 'condition'],
    /^(none|no|on-failure|any|always|unless-stopped)$/,
    ['none', 'on-failure', 'any'],
  ],
  [['deploy', 'update_config', 'failure_action'], /^(pause|continue|rollback)$/, ['pause', 'continue', 'rollback']],
];

export function checkWords({ name, service, report }: ServiceCheck): void {
  for (const [path, pattern, allowed] of words) {
    const node = find(service, ...path);
    const word = wordAt(node);
    if (node === undefined || word === undefined || pattern.test(word)) continue;
    const near = nearest(word, allowed);
    const message = `services.${name}.${path.join('.')} must be ${allowed.map((each) => `"${each}"`).join(' or ')}; this is "${word.slice(0, 60)}"`;
    report(
      error(node.span, {
        code: 'bad-value',
        message,
        hint: near === undefined ? undefined : `did you mean "${near}"?`,
      }),
    );
  }
}

/** Networks know a container by the name of its service, which therefore has to be a name of a host. */
export function checkName({ name, key, report }: ServiceCheck): void {
  if (name.length <= 63 && /[a-zA-Z0-9]/.test(name) && !name.startsWith('-')) return;
  const message = `"${name.slice(0, 60)}" cannot be the name of a service: other containers could not find it`;
  report(
    error(key, {
      code: 'bad-name',
      message,
      hint: 'use at most 63 letters, digits and the signs . _ -, the first no dash',
    }),
  );
}

/** More than a machine can bear; mostly a slip of the finger. */
const maximumReplicas = 1000;

export function checkReplicas({ name, service, report }: ServiceCheck): void {
  for (const node of [find(service, 'scale'), find(service, 'deploy', 'replicas')]) {
    if (node === undefined || Number(wordAt(node) ?? 0) <= maximumReplicas) continue;
    report(
      error(node.span, {
        code: 'out-of-range',
        message: `service "${name}" wants more than ${maximumReplicas} replicas`,
      }),
    );
  }
}

/** The old container still holds its port of the machine when the new one wants it, unless a load balancer does. */
export function checkOrder({ name, service, report }: ServiceCheck): void {
  const order = find(service, 'deploy', 'update_config', 'order');
  const isHeld = (port: Mapping): boolean => /^[1-9]\d*$/.test(wordAt(port, 'published') ?? '') && !isShareable(port);
  const port = mappingsOf(find(service, 'ports')).find(isHeld);
  if (order === undefined || wordAt(order) !== 'start-first' || port === undefined) return;
  const number = wordAt(port, 'published') ?? '';
  const message = `a new container of service "${name}" cannot start first: the old one holds the port ${number} of the machine`;
  const hint = 'choose "stop-first", publish a range, or a TCP port without "mode: host", which a load balancer holds';
  report(
    warning(order.span, { code: 'start-first-with-port', message, hint, related: related('the port', port.span) }),
  );
}

/** A container without a network of its own has no ports of its own. */
export function checkPublishing({ name, service, report }: ServiceCheck): void {
  const mode = wordAt(service, 'network_mode');
  const span = keyOf(service, 'ports');
  if (mode === undefined || mode === 'bridge' || span === undefined) return;
  const isShared = /^(service|container):/.test(mode);
  const message = isShared
    ? `service "${name}" publishes ports, which only the container whose network it shares can do`
    : `service "${name}" publishes ports, which have no effect with network_mode: ${mode}`;
  const finding = {
    code: 'ports-without-network',
    message,
    related: related('the network mode', keyOf(service, 'network_mode')),
  };
  report((isShared ? error : warning)(span, finding));
}
