import type { Operation, OperationKind, OperationOf, WaitCondition } from '../model/plan.ts';

/** How a step reads while it runs and when it is done. `isQuiet`: a detail of other steps, told only when it fails. */
export interface StepWords {
  readonly working: string;
  readonly done: string;
  readonly isQuiet: boolean;
}

const removal = loud('Removing', 'Removed');

const words: Readonly<Record<Exclude<OperationKind, 'wait-container' | 'wait-swarm-service'>, StepWords>> = {
  'pull-image': loud('Pulling', 'Pulled'),
  'build-image': loud('Building', 'Built'),
  'copy-image': loud('Copying', 'Copied'),
  'remove-image': removal,
  'create-network': loud('Creating', 'Created'),
  'remove-network': removal,
  'create-volume': loud('Creating', 'Created'),
  'remove-volume': removal,
  'create-container': loud('Creating', 'Created'),
  'connect-network': quiet('Connecting', 'Connected'),
  'write-files': quiet('Copying files', 'Copied files'),
  'probe-container': quiet('Checking the disk', 'Checked the disk'),
  'start-container': loud('Starting', 'Started'),
  'restart-container': loud('Restarting', 'Restarted'),
  'run-post-start': quiet('Running post_start', 'Ran post_start'),
  'run-pre-stop': quiet('Running pre_stop', 'Ran pre_stop'),
  balance: quiet('Balancing', 'Balanced'),
  'unpause-container': loud('Unpausing', 'Unpaused'),
  'stop-container': loud('Stopping', 'Stopped'),
  'rename-container': quiet('Renaming', 'Renamed'),
  'remove-container': removal,
  'create-swarm-network': loud('Creating', 'Created'),
  'create-swarm-file': loud('Creating', 'Created'),
  'remove-swarm-file': removal,
  'create-swarm-service': loud('Creating', 'Created'),
  'update-swarm-service': loud('Updating', 'Updated'),
  'rollback-swarm-service': loud('Rolling back', 'Rolled back'),
  'restart-swarm-service': loud('Restarting', 'Restarted'),
  'remove-swarm-service': removal,
};

/** For the steps of a container that takes another's place. */
const replacementWords: Readonly<Partial<Record<OperationKind, StepWords>>> = {
  'create-container': loud('Recreate', 'Recreated'),
  'stop-container': quiet('Stopping old', 'Stopped old'),
  'remove-container': quiet('Removing old', 'Removed old'),
};

const settled: Readonly<Record<OperationOf<'wait-swarm-service'>['until'], string>> = {
  running: 'Converged',
  completed: 'Completed',
  'rolled-back': 'Converged',
  gone: 'Gone',
};
const waited: Readonly<Record<WaitCondition, string>> = {
  healthy: 'Healthy',
  running: 'Running',
  completed: 'Exited',
  elapsed: 'Waited',
};
const hoped: Readonly<Record<WaitCondition, string>> = {
  healthy: 'be healthy',
  running: 'keep running',
  completed: 'complete',
  elapsed: 'be left alone for a while',
};

/** Compose's words: `Creating`, `Created`; a container that replaces another is `Recreated`. */
export function wordsOf(operation: Operation, { isReplacement }: { readonly isReplacement: boolean }): StepWords {
  if (operation.kind === 'wait-container') return loud('Waiting', waited[operation.until]);
  if (operation.kind === 'wait-swarm-service')
    return loud(operation.until === 'gone' ? 'Stopping' : 'Converging', settled[operation.until]);
  return (isReplacement ? replacementWords[operation.kind] : undefined) ?? words[operation.kind];
}

/** What a step is waited for, after `waits for`: `wp-db-1 to be healthy`, `image mysql:9`. */
export function awaitedWords(operation: Operation, name: string): string {
  if (operation.kind === 'wait-container') return `${name} to ${hoped[operation.until]}`;
  if (operation.kind === 'wait-swarm-service') return `${name} to be ${settled[operation.until].toLowerCase()}`;
  const [verb, noun] = operation.kind.replace('-swarm', '').split('-');
  if (verb === 'start' || verb === 'stop') return `${name} to ${verb}`;
  const isOfContainer =
    verb === 'run' || verb === 'connect' || verb === 'balance' || noun === 'container' || noun === 'files';
  return isOfContainer ? name : `${noun ?? ''} ${name}`;
}

/** Whether what the step prints is worth showing while it runs. */
export const tellsOutput = ({ kind }: Operation): boolean =>
  kind === 'wait-swarm-service' ||
  kind === 'pull-image' ||
  kind === 'build-image' ||
  kind === 'run-post-start' ||
  kind === 'run-pre-stop';

function loud(working: string, done: string): StepWords {
  return { working, done, isQuiet: false };
}

function quiet(working: string, done: string): StepWords {
  return { working, done, isQuiet: true };
}
