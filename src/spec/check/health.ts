import { durationMsAt, flagAt, textsAt } from '../read.ts';
import { error, warning } from '../report.ts';
import { find, type Mapping, type Tree } from '../tree.ts';
import { keyOf, type ServiceCheck } from './service.ts';

/** Whether the check of a service can work as it is written. */
export function checkHealthcheck({ name, service, report }: ServiceCheck): void {
  const check = find(service, 'healthcheck');
  if (check?.kind !== 'mapping') return;
  const subject: Subject = { name, check, report };
  const test = find(check, 'test');
  if (test !== undefined && flagAt(check, 'disable') !== true) checkTest(subject, test);
  checkStart(subject);
  checkTimeout(subject);
}

interface Subject extends Pick<ServiceCheck, 'name' | 'report'> {
  readonly check: Mapping;
}

function checkTest({ name, report }: Subject, test: Tree): void {
  const [first] = textsAt(test);
  if (first === undefined || ['CMD', 'CMD-SHELL', 'NONE'].includes(first)) return;
  const message = `the healthcheck of service "${name}" must start with CMD, CMD-SHELL or NONE; this is "${first}"`;
  const hint = 'put CMD before the words of a command, CMD-SHELL before a line';
  report(error(test.span, { code: 'bad-healthcheck', message, hint }));
}

function checkStart({ name, check, report }: Subject): void {
  const span = keyOf(check, 'start_interval');
  if (span === undefined || find(check, 'start_period') !== undefined) return;
  const message = `the healthcheck of service "${name}" has a start_interval, but no start_period in which it counts`;
  report(warning(span, { code: 'missing-key', message, hint: 'add "start_period"' }));
}

/** What the engine takes for an interval that is not given. */
const defaultIntervalMs = 30_000;

function checkTimeout({ name, check, report }: Subject): void {
  const timeout = find(check, 'timeout');
  if (timeout === undefined || (durationMsAt(timeout) ?? 0) <= (durationMsAt(check, 'interval') ?? defaultIntervalMs))
    return;
  const message = `one check of service "${name}" may take longer than the time between two`;
  report(warning(timeout.span, { code: 'timeout-over-interval', message }));
}
