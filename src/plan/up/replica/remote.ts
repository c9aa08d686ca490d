import { serviceAddress } from '../../../model/id.ts';
import type { ReplicaSite } from '../site.ts';

/**
 * Whether configs and secrets that lie in files are written into the container, because the engine's machine does not
 * have them. A read-only container takes nothing but a mount.
 */
export const copiesFiles = ({ engine, service }: Pick<ReplicaSite, 'engine' | 'service'>): boolean =>
  !engine.info.isLocal && !service.container.security.readOnly;

/** Mentions mounts of the project's own files where the engine finds files of its own machine, or none, instead. */
export function noticeForeignFolders({ up, engine, service }: ReplicaSite): void {
  if (engine.info.isLocal) return;
  const { workingDir } = up.desired.project;
  const sources = service.container.volumes.flatMap((mount) => (mount.type === 'bind' ? mount.source : []));
  const own = sources.filter((source) => source === workingDir || source.startsWith(`${workingDir}/`));
  if (own.length === 0) return;
  up.builder.notice({
    code: 'mount-of-other-machine',
    address: serviceAddress(service.name),
    message: `engine ${engine.name} mounts ${own.join(', ')} of its own machine, not of this one`,
    hint: 'see that the files are there too, or give them as configs, secrets or a volume',
  });
}
