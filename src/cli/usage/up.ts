import { declare } from '../arguments/command.ts';
import {
  choice,
  type FlagValues,
  grouped,
  hidden,
  parsedEach,
  seconds,
  text,
  texts,
  toggle,
} from '../arguments/flag.ts';
import {
  leaveDataBehind,
  noColor,
  noLogPrefix,
  parseScale,
  rebalance,
  removeOrphans,
  stopTimeout,
  yes,
} from './shared.ts';

/** What `up` converges to: shared with `plan`, which shows it instead. */
export const convergeFlags = {
  build: toggle('--build', 'Build images before containers start'),
  noBuild: toggle('--no-build', 'Build nothing, even if an image is missing'),
  pull: choice('--pull <policy>', ['always', 'missing', 'never', 'build'], 'Pull images'),
  scale: parsedEach('--scale <service=replicas>', 'Number of replicas, over what the file says', parseScale),
  forceRecreate: toggle('--force-recreate', 'Recreate containers even if nothing changed'),
  noRecreate: toggle('--no-recreate', 'Leave containers alone that exist'),
  alwaysRecreateDeps: toggle('--always-recreate-deps', 'Recreate also what the services depend on'),
  noDeps: toggle('--no-deps', 'Leave out what the services depend on'),
  noStart: toggle('--no-start', 'Create containers and start none'),
  renewAnonymousVolumes: toggle('-V, --renew-anon-volumes', 'Begin with new anonymous volumes'),
  removeOrphans: removeOrphans(),
  rebalance: rebalance(),
  leaveDataBehind: leaveDataBehind(),
  timeout: stopTimeout(),
} as const;

const upFlags = {
  detach: toggle('-d, --detach', 'Return when the containers run'),
  wait: toggle('--wait', 'Return when services run, and are healthy where they have a healthcheck'),
  waitTimeout: seconds('--wait-timeout <seconds>', 'Longest time to wait with --wait'),
  ...convergeFlags,
  quietPull: toggle('--quiet-pull', 'Pull without showing progress'),
  ...hidden({ quietBuild: toggle('--quiet-build', ''), menu: toggle('--menu', ''), noMenu: toggle('--no-menu', '') }),
  yes: yes(),
  ...grouped('Attached to the output', {
    abortOnContainerExit: toggle('--abort-on-container-exit', 'Stop everything when a container exits'),
    abortOnContainerFailure: toggle('--abort-on-container-failure', 'Stop everything when a container fails'),
    exitCodeFrom: text('--exit-code-from <service>', "Stop when it exits and return its container's exit code"),
    attach: texts('--attach <service>', 'Show the output of these services only'),
    noAttach: texts('--no-attach <service>', 'Show no output of these services'),
    attachDependencies: toggle('--attach-dependencies', 'Show also the output of what the services depend on'),
    noColor: noColor(),
    noLogPrefix: noLogPrefix(),
    timestamps: toggle('--timestamps', 'Show when each line was written'),
  }),
} as const;

export type ConvergeValues = FlagValues<typeof convergeFlags>;
export type UpValues = FlagValues<typeof upFlags>;

export const up = declare({
  name: 'up',
  summary: 'Create, update and start what the file declares',
  group: 'Everyday',
  operands: '[SERVICE...]',
  flags: upFlags,
  conflicts: [
    ['build', 'noBuild'],
    ['forceRecreate', 'noRecreate'],
    ['alwaysRecreateDeps', 'noRecreate'],
    ['noStart', 'wait'],
    ['detach', 'abortOnContainerExit'],
    ['detach', 'abortOnContainerFailure'],
    ['detach', 'attachDependencies'],
    ['abortOnContainerExit', 'abortOnContainerFailure'],
  ],
  examples: [
    ['stack up -d', 'bring the stack up and return'],
    ['stack up -d --wait', 'return when everything is healthy'],
    ['stack up --scale web=3 web', 'three replicas of web and what it depends on'],
    ['stack --dry-run up', 'what would happen, and why'],
  ],
});
