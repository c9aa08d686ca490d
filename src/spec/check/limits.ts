import { bytesAt, entriesOf, type Node, numberAt, textAt } from '../read.ts';
import { error } from '../report.ts';
import { find, type Tree } from '../tree.ts';
import { related, type ServiceCheck } from './service.ts';

/** Limits that no engine accepts. */
export function checkLimits(check: ServiceCheck): void {
  checkCpus(check);
  checkMemory(check);
  checkUlimits(check);
}

const twins = [
  ['cpus', 'limits', 'cpus'],
  ['mem_limit', 'limits', 'memory'],
  ['pids_limit', 'limits', 'pids'],
  ['mem_reservation', 'reservations', 'memory'],
] as const;

/** The attributes of old and those of `deploy` may both be there, if they say the same. */
export function checkTwins({ name, service, report }: ServiceCheck): void {
  for (const [attribute, group, key] of twins) {
    const old = find(service, attribute);
    const limit = find(service, 'deploy', 'resources', group, key);
    if (old === undefined || limit === undefined || amountOf(old) === amountOf(limit) || amountOf(old) === 0) continue;
    const message = `service "${name}" says ${attribute} ${textAt(old) ?? ''}, but deploy.resources.${group}.${key} ${textAt(limit) ?? ''}`;
    const place = related('the other limit', limit.span);
    report(error(old.span, { code: 'conflicting-attributes', message, hint: 'keep one of them', related: place }));
  }
}

function amountOf(node: Node): number | undefined {
  return numberAt(node) ?? bytesAt(node);
}

/** The kernel grants no shorter share of its scheduling period; engines fail at the start, or set no limit at all. */
const minimumCpus = 0.01;

function checkCpus({ name, service, report }: ServiceCheck): void {
  const limit = find(service, 'deploy', 'resources', 'limits', 'cpus') ?? find(service, 'cpus');
  const cpus = numberAt(limit);
  if (limit === undefined || cpus === undefined || cpus <= 0 || cpus >= minimumCpus) return;
  const message = `service "${name}" gets less than ${minimumCpus} of a CPU, the least that an engine can grant`;
  report(error(limit.span, { code: 'out-of-range', message }));
}

/** The engine refuses to run anything in less. */
const minimumMemoryBytes = 6 * 2 ** 20;

function checkMemory(check: ServiceCheck): void {
  const { name, service, report } = check;
  const limits = find(service, 'deploy', 'resources', 'limits', 'memory') ?? find(service, 'mem_limit');
  const bytes = bytesAt(limits);
  if (limits === undefined || bytes === undefined) return;
  if (bytes < minimumMemoryBytes) {
    const message = `service "${name}" gets less than 6 MiB of memory, the least that an engine allows`;
    report(error(limits.span, { code: 'out-of-range', message }));
  }
  checkReservation(check, limits, bytes);
  checkSwap(check, limits, bytes);
}

function checkReservation({ name, service, report }: ServiceCheck, limit: Tree, bytes: number): void {
  const reservation =
    find(service, 'deploy', 'resources', 'reservations', 'memory') ?? find(service, 'mem_reservation');
  if (reservation === undefined || (bytesAt(reservation) ?? 0) <= bytes) return;
  const message = `service "${name}" reserves more memory than its limit allows`;
  report(error(reservation.span, { code: 'out-of-range', message, related: related('the limit', limit.span) }));
}

function checkSwap({ name, service, report }: ServiceCheck, limit: Tree, bytes: number): void {
  const swap = find(service, 'memswap_limit');
  const swapBytes = bytesAt(swap) ?? -1;
  if (swap === undefined || swapBytes === -1 || swapBytes >= bytes) return;
  const message = `service "${name}" allows less for memory and swap together than for memory alone`;
  report(error(swap.span, { code: 'out-of-range', message, related: related('the limit of memory', limit.span) }));
}

function checkUlimits({ name, service, report }: ServiceCheck): void {
  for (const [limit, { value }] of entriesOf(find(service, 'ulimits'))) {
    const soft = find(value, 'soft');
    const hard = numberAt(value, 'hard') ?? -1;
    const softLimit = numberAt(soft) ?? 0;
    if (soft === undefined || hard === -1 || (softLimit !== -1 && softLimit <= hard)) continue;
    const message = `service "${name}" has a soft limit of ${limit} above the hard one`;
    report(
      error(soft.span, {
        code: 'out-of-range',
        message,
        related: related('the hard limit', find(value, 'hard')?.span),
      }),
    );
  }
}
