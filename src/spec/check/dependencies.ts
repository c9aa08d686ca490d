import { readRestart } from '../desired/container.ts';
import { entriesOf, flagAt, textsAt, wordAt } from '../read.ts';
import { error, warning } from '../report.ts';
import { find, type Tree } from '../tree.ts';
import { related, type ServiceCheck } from './service.ts';

/** Whether what a service waits for can ever happen. */
export function checkDependencies(check: ServiceCheck): void {
  for (const [name, { value }] of entriesOf(find(check.service, 'depends_on'))) {
    const condition = find(value, 'condition');
    const other = find(check.tree, 'services', name);
    if (condition === undefined || other === undefined) continue;
    const wait: Wait = { name, condition, other };
    if (wordAt(condition) === 'service_healthy') checkHealthy(check, wait);
    if (wordAt(condition) === 'service_completed_successfully') checkCompleted(check, wait);
  }
}

interface Wait {
  readonly name: string;
  readonly condition: Tree;
  readonly other: Tree;
}

function checkHealthy({ name: from, report }: ServiceCheck, { name, condition, other }: Wait): void {
  const check = find(other, 'healthcheck');
  if (check === undefined) return;
  if (flagAt(check, 'disable') !== true && textsAt(check, 'test')[0] !== 'NONE') return;
  const message = `service "${from}" waits until "${name}" is healthy, but its healthcheck is turned off`;
  const place = related('turned off here', check.span);
  report(
    error(condition.span, { code: 'no-healthcheck', message, hint: 'wait for "service_started"', related: place }),
  );
}

function checkCompleted({ name: from, report }: ServiceCheck, { name, condition, other }: Wait): void {
  const { condition: restart } = readRestart(other);
  if (restart !== 'always' && restart !== 'unless-stopped') return;
  const message = `service "${from}" waits until "${name}" has ended, but it is always started again`;
  const place = related('started again', (find(other, 'deploy', 'restart_policy') ?? find(other, 'restart'))?.span);
  report(warning(condition.span, { code: 'never-completes', message, related: place }));
}
