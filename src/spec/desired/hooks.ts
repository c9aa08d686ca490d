import type { ContainerSpec, Hook } from '../../model/container.ts';
import { flagAt, mappingsOf, type Node, optionalPairsAt, textsAt, wordAt } from '../read.ts';
import { find, type Mapping } from '../tree.ts';

/** Commands to run in the container after its start and before its stop; a service without any has no such field. */
export function readHooks(service: Node): Pick<ContainerSpec, 'postStart' | 'preStop'> {
  const postStart = mappingsOf(find(service, 'post_start')).map(readHook);
  const preStop = mappingsOf(find(service, 'pre_stop')).map(readHook);
  return { ...(postStart.length > 0 && { postStart }), ...(preStop.length > 0 && { preStop }) };
}

function readHook(hook: Mapping): Hook {
  return {
    command: textsAt(hook, 'command'),
    user: wordAt(hook, 'user'),
    privileged: flagAt(hook, 'privileged') ?? false,
    workingDir: wordAt(hook, 'working_dir'),
    environment: optionalPairsAt(hook, ['environment']).map(([name, value]) =>
      value === undefined ? name : `${name}=${value}`,
    ),
  };
}
