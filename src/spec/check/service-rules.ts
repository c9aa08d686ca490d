import { mappingsOf, numberAt, textAt, textsAt, wordAt } from '../read.ts';
import { error } from '../report.ts';
import { find, type Tree } from '../tree.ts';
import { checkHealthcheck } from './health.ts';
import { checkTwins } from './limits.ts';
import { byPlace, keyOf, related, type ServiceCheck } from './service.ts';

/** Rules within one service, as Docker Compose has them: what excludes or needs what. */
export function checkService(check: ServiceCheck): void {
  checkImage(check);
  exclusive(check, ['build', 'dockerfile_inline'], ['build', 'dockerfile']);
  exclusive(check, ['network_mode'], ['networks']);
  checkScale(check);
  checkHealthcheck(check);
  checkTwins(check);
  checkDeviceRequests(check);
  checkWatch(check);
  checkHooks(check);
}

function checkImage({ name, key, service, report }: ServiceCheck): void {
  const build = find(service, 'build');
  if (build === undefined && wordAt(service, 'image') === undefined && find(service, 'provider') === undefined) {
    const message = `service "${name}" has neither an image nor a build`;
    report(error(key, { code: 'no-image', message, hint: 'say "image: NAME", or "build: FOLDER"' }));
  }
  const platforms = textsAt(build, 'platforms');
  const platform = find(service, 'platform');
  const wanted = wordAt(platform);
  if (platform !== undefined && wanted !== undefined && platforms.length > 0 && !platforms.includes(wanted)) {
    report(
      error(platform.span, {
        code: 'platform-not-built',
        message: `service "${name}" runs on ${wanted}, for which its image is not built`,
        hint: `add "${wanted}" to build.platforms`,
        related: related('built for these platforms', keyOf(build, 'platforms')),
      }),
    );
  }
}

/** Two attributes of which one must go; reported at the later one of the file. */
function exclusive({ name, service, report }: ServiceCheck, one: readonly string[], other: readonly string[]): void {
  const spans = [keyOf(service, ...one), keyOf(service, ...other)].filter((span) => span !== undefined);
  const [first, second] = spans.toSorted(byPlace);
  if (first === undefined || second === undefined) return;
  report(
    error(second, {
      code: 'conflicting-attributes',
      message: `service "${name}" has both ${one.join('.')} and ${other.join('.')}; they exclude each other`,
      hint: 'keep one of them',
      related: related('the other one', first),
    }),
  );
}

function checkScale(check: ServiceCheck): void {
  const { name, service, report } = check;
  const counts = [find(service, 'scale'), find(service, 'deploy', 'replicas')].filter((node) => node !== undefined);
  const [first, second] = counts;
  if (first === undefined) return;
  if (second !== undefined && numberAt(first) !== numberAt(second)) {
    const message = `service "${name}" has scale ${numberAt(first) ?? 0}, but deploy.replicas ${numberAt(second) ?? 0}`;
    const place = related('the other count', first.span);
    report(error(second.span, { code: 'conflicting-attributes', message, hint: 'keep one of them', related: place }));
  }
  checkFixedName(check, first);
}

function checkFixedName({ name, service, report }: ServiceCheck, count: Tree): void {
  const fixed = keyOf(service, 'container_name');
  const replicas = numberAt(count) ?? 1;
  if (fixed === undefined || replicas <= 1) return;
  report(
    error(fixed, {
      code: 'fixed-container-name',
      message: `service "${name}" has ${replicas} replicas, which cannot all be called "${textAt(service, 'container_name') ?? ''}"`,
      hint: 'leave container_name out',
      related: related('the number of replicas', count.span),
    }),
  );
}

function checkDeviceRequests({ name, service, report }: ServiceCheck): void {
  const requests = [
    ...mappingsOf(find(service, 'gpus')),
    ...mappingsOf(find(service, 'deploy', 'resources', 'reservations', 'devices')),
  ];
  for (const request of requests) {
    const count = keyOf(request, 'count');
    const ids = keyOf(request, 'device_ids');
    if (count === undefined || ids === undefined || textAt(request, 'count') === '-1') continue;
    const message = `service "${name}" asks for devices by "count" and by "device_ids"; they exclude each other`;
    report(
      error(ids, {
        code: 'conflicting-attributes',
        message,
        hint: 'keep one of them',
        related: related('the count', count),
      }),
    );
  }
}

function checkWatch({ name, service, report }: ServiceCheck): void {
  for (const rule of mappingsOf(find(service, 'develop', 'watch'))) {
    const action = find(rule, 'action');
    const word = wordAt(action) ?? '';
    if (action === undefined || !word.startsWith('sync') || wordAt(rule, 'target') !== undefined) continue;
    const message = `service "${name}" copies changed files, but does not say where to`;
    report(error(action.span, { code: 'missing-key', message, hint: 'add "target" with a path in the container' }));
  }
}

/** Running a service without the steps that prepare it could do harm; so this is no warning. */
function checkHooks({ name, service, report }: ServiceCheck): void {
  const span = keyOf(service, 'pre_start');
  if (span === undefined) return;
  const message = `service "${name}" has pre_start steps, which cannot be run here`;
  report(
    error(span, {
      code: 'unsupported-attribute',
      message,
      hint: 'make each step a service, and wait for it with "condition: service_completed_successfully"',
    }),
  );
}
