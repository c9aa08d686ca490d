import { idleFile, richFile } from './files.ts';

/** One thing that is measured: a command, after the file that it finds. */
interface Step {
  /** A row of the table; `undefined` is a step that only leads to the next. */
  readonly title: string | undefined;
  readonly args: readonly string[];
  /** Written before, if given. */
  readonly file?: string;
}

/** Steps that follow one another, from nothing to nothing. */
export interface Scenario {
  readonly name: string;
  /** Those without one are quick, and measured more often. */
  readonly needsEngine: boolean;
  readonly steps: readonly Step[];
}

const up = ['up', '-d'];
const down = ['down'];

const sizes = [1, 10, 30].map(
  (services): Scenario => ({
    name: `${services} services`,
    needsEngine: true,
    steps: [
      { title: `up -d, fresh, ${count(services)}`, args: up, file: idleFile(services) },
      { title: `up -d again, ${count(services)}`, args: up },
      ...(services === 10 ? [{ title: 'up -d, 1 of 10 changed', args: up, file: idleFile(services, 2) }] : []),
      { title: `down, ${count(services)}`, args: down },
    ],
  }),
);

/** Everything that is measured, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  { name: 'version', needsEngine: false, steps: [{ title: 'version', args: ['version'] }] },
  ...[1, 20, 100].map(
    (services): Scenario => ({
      name: `config ${services}`,
      needsEngine: false,
      steps: [{ title: `config -q, ${count(services)}`, args: ['config', '-q'], file: richFile(services) }],
    }),
  ),
  ...sizes,
  {
    name: 'scale',
    needsEngine: true,
    steps: [
      { title: undefined, args: up, file: idleFile(1) },
      { title: 'scale 1 to 10', args: ['scale', 'service0=10'] },
      { title: undefined, args: down },
    ],
  },
];

function count(services: number): string {
  return services === 1 ? '1 service' : `${services} services`;
}
