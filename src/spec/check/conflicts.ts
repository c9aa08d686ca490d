import type { Span } from '../../model/diagnostic.ts';
import { itemsOf, mappingsOf, numberAt, textAt, wordAt } from '../read.ts';
import { error, warning } from '../report.ts';
import { find } from '../tree.ts';
import { related, type ServiceCheck } from './service.ts';
import { isShareable } from './sharing.ts';

/** Two services cannot give their containers one name. */
export function checkContainerNames(checks: readonly ServiceCheck[]): void {
  const taken = new Map<string, Span>();
  for (const { service, report } of checks) {
    const node = find(service, 'container_name');
    const name = wordAt(node);
    if (node === undefined || name === undefined) continue;
    const first = taken.get(name);
    if (first === undefined) taken.set(name, node.span);
    else {
      const message = `two services give their containers the name "${name}"`;
      report(error(node.span, { code: 'duplicate-container-name', message, related: related('the other one', first) }));
    }
  }
}

/** One path of a container can hold one thing: over volumes, tmpfs, configs and secrets. */
export function checkMountTargets({ name, service, report }: ServiceCheck): void {
  const taken = new Map<string, Span>();
  for (const { target, span } of targetsOf(service)) {
    const first = taken.get(target);
    if (first === undefined) taken.set(target, span);
    else {
      const message = `service "${name}" mounts two things at ${target}`;
      report(error(span, { code: 'duplicate-target', message, related: related('the other one', first) }));
    }
  }
}

interface Target {
  readonly target: string;
  readonly span: Span;
}

function targetsOf(service: ServiceCheck['service']): readonly Target[] {
  const listed = (attribute: string, otherwise: (source: string) => string): readonly Target[] =>
    mappingsOf(find(service, attribute)).map((item) => {
      const target = find(item, 'target');
      return {
        target: cleaned(wordAt(target) ?? otherwise(textAt(item, 'source') ?? '')),
        span: (target ?? item).span,
      };
    });
  const tmpfs = find(service, 'tmpfs');
  const lines = tmpfs?.kind === 'scalar' ? [tmpfs] : itemsOf(tmpfs);
  return [
    ...listed('volumes', () => ''),
    ...lines.map((line) => ({ target: cleaned(textAt(line)?.split(':')[0] ?? ''), span: line.span })),
    ...listed('configs', (source) => `/${source}`),
    ...listed('secrets', (source) => `/run/secrets/${source}`),
  ].filter(({ target }) => target !== '');
}

function cleaned(target: string): string {
  return target.length > 1 ? target.replace(/\/$/, '') : target;
}

interface Claim {
  readonly service: string;
  readonly hostIp: string;
  readonly span: Span;
}

/**
 * A port of the machine that two containers want. On one engine they cannot both have it, on several they can:
 * so only a service that wants one port twice is in error.
 */
export function checkHostPorts(checks: readonly ServiceCheck[]): void {
  const claims = new Map<string, Claim[]>();
  for (const check of checks) {
    for (const port of mappingsOf(find(check.service, 'ports'))) {
      const published = find(port, 'published');
      const number = wordAt(published);
      if (published === undefined || number === undefined || number === '0' || number.includes('-')) continue;
      const claim = { service: check.name, hostIp: wordAt(port, 'host_ip') ?? '', span: published.span };
      const place = `${number}/${wordAt(port, 'protocol') ?? 'tcp'}`;
      const others = claims.get(place) ?? [];
      const other = others.find(({ hostIp }) => overlap(hostIp, claim.hostIp));
      others.push(claim);
      claims.set(place, others);
      if (other !== undefined) reportClash(check, place, { claim, other });
      else if (!isShareable(port)) checkReplicas(check, number, claim);
    }
  }
}

const everywhere = new Set(['', '0.0.0.0', '::', '[::]']);

function overlap(one: string, other: string): boolean {
  return one === other || everywhere.has(one) || everywhere.has(other);
}

function reportClash(
  { name, report }: ServiceCheck,
  place: string,
  { claim, other }: { readonly claim: Claim; readonly other: Claim },
): void {
  const isSame = other.service === name;
  const message = isSame
    ? `service "${name}" publishes the port ${place} twice`
    : `services "${other.service}" and "${name}" both publish the port ${place}; on one engine only one can`;
  const finding = { code: 'port-claimed-twice', message, related: related('the other one', other.span) };
  report((isSame && other.hostIp === claim.hostIp ? error : warning)(claim.span, finding));
}

function checkReplicas({ name, service, report }: ServiceCheck, port: string, { span }: Claim): void {
  const count = find(service, 'scale') ?? find(service, 'deploy', 'replicas');
  if (count === undefined || (numberAt(count) ?? 1) <= 1) return;
  report(
    warning(span, {
      code: 'port-claimed-twice',
      message: `every replica of service "${name}" publishes the port ${port}; on one engine only one can`,
      hint: `publish a range such as "${port}-${Number(port) + (numberAt(count) ?? 1) - 1}"`,
      related: related('the number of replicas', count.span),
    }),
  );
}
