import { createReporter } from '../../src/cli/report/report.ts';
import { operations, planOf, recordRun } from './run.ts';

/**
 * A run of a hundred containers on the terminal of this process, for about a second and a half. Lines that a shell
 * might have left come before it. Every word from outside is hostile.
 */
const hostile = '\u001b[2J\u001b]0;title\u0007\u001b[3J\u009b2J\r\u202e';
const plan = planOf(
  Array.from({ length: 100 }, (_, index) => operations.create(`service-${Math.floor(index / 4)}`, (index % 4) + 1)),
);
const run = recordRun(plan);
for (const { id } of plan.steps) run.start(id).says(id, hostile);
for (const { id } of plan.steps) {
  if (id % 10 === 0) run.fail(id, `no ${hostile}`, [hostile]);
  else run.finish(id);
}
run.end('failed');

for (let line = 1; line <= 30; line += 1) process.stderr.write(`history ${line}\n`);
const reporter = createReporter({
  progress: 'tty',
  output: process.stderr,
  environment: process.env,
  hasColor: process.argv[2] === 'color',
  now: () => performance.now(),
  date: () => Date.now(),
  version: '1',
});
for (const event of run.events) {
  reporter.emit(event);
  await new Promise((resolve) => setTimeout(resolve, 4));
}
await reporter.end();
