import type { FileMount, Mount } from '../../model/container.ts';
import type { ContainerCreation } from '../../model/plan.ts';
import { unreachable } from '../../model/result.ts';
import { type Body, byName, byNameIfAny, ifAny } from './body.ts';

type MountOf<Type extends Mount['type']> = Extract<Mount, { readonly type: Type }>;

/**
 * `Binds`, `Mounts` and `Tmpfs` of a container.
 *
 * As Compose has it: the old `source:target:mode` strings for what they can say, because only they let the engine
 * create a missing host folder, and `Mounts` for the rest.
 */
export function mountFields(creation: ContainerCreation): Body {
  const binds: string[] = [];
  const mounts: Body[] = [];
  const tmpfs: [string, string][] = [];
  const taken = new Set<string>();
  for (const mount of creation.spec.volumes) {
    taken.add(mount.target);
    const bind = bindString(mount, creation);
    if (bind !== undefined) binds.push(bind);
    else if (mount.type === 'tmpfs' && mount.options !== undefined) tmpfs.push([mount.target, mount.options]);
    else mounts.push(mountBody(mount, creation));
  }
  // Volumes that only the image declares come over from the container that this one replaces.
  for (const [target, name] of creation.inheritedVolumes) {
    if (!taken.has(target)) mounts.push({ Type: 'volume', Source: name, Target: target });
  }
  for (const file of creation.spec.files) {
    if (file.delivery === 'bind' && creation.copiesFiles !== true && !taken.has(file.target))
      mounts.push(fileBody(file));
  }
  return { Binds: ifAny(binds), Mounts: ifAny(mounts), Tmpfs: byNameIfAny(tmpfs) };
}

function bindString(mount: Mount, creation: ContainerCreation): string | undefined {
  switch (mount.type) {
    case 'bind': {
      if (!mount.createHostPath || mount.propagation !== undefined || mount.recursive !== undefined) return undefined;
      const selinux = mount.selinux === undefined ? '' : `,${mount.selinux}`;
      return `${mount.source}:${mount.target}:${access(mount)}${selinux}`;
    }
    case 'volume':
      if (mount.source === undefined || volumeOptions(mount) !== undefined) return undefined;
      return `${volumeName(mount.source, creation)}:${mount.target}:${access(mount)}`;
    case 'tmpfs':
    case 'image':
      return undefined;
    default:
      return unreachable(mount);
  }
}

const access = ({ readOnly }: Mount): string => (readOnly ? 'ro' : 'rw');

function volumeName(key: string, { volumeNames }: ContainerCreation): string {
  const found = volumeNames.find(([name]) => name === key);
  if (found === undefined) throw new Error(`the plan names no volume for ${key}`);
  return found[1];
}

function mountBody(mount: Mount, creation: ContainerCreation): Body {
  const base = { Type: mount.type, Target: mount.target, ReadOnly: mount.readOnly };
  switch (mount.type) {
    case 'bind':
      return { ...base, Source: mount.source, Consistency: mount.consistency, BindOptions: bindOptions(mount) };
    case 'volume':
      return { ...base, Source: sourceOf(mount, creation), VolumeOptions: volumeOptions(mount) };
    case 'tmpfs':
      return { ...base, TmpfsOptions: { SizeBytes: mount.sizeBytes, Mode: mount.mode } };
    case 'image':
      return {
        ...base,
        Source: mount.source,
        ImageOptions: mount.subpath === undefined ? undefined : { Subpath: mount.subpath },
      };
    default:
      return unreachable(mount);
  }
}

/** An anonymous volume takes over the one that the replaced container had there. */
function sourceOf({ source, target }: MountOf<'volume'>, creation: ContainerCreation): string | undefined {
  if (source !== undefined) return volumeName(source, creation);
  return creation.inheritedVolumes.find(([place]) => place === target)?.[1];
}

function bindOptions({ propagation, createHostPath, recursive }: MountOf<'bind'>): Body {
  return {
    Propagation: propagation,
    CreateMountpoint: createHostPath ? true : undefined,
    NonRecursive: recursive === 'disabled' ? true : undefined,
    ReadOnlyNonRecursive: recursive === 'writable' ? true : undefined,
    ReadOnlyForceRecursive: recursive === 'readonly' ? true : undefined,
  };
}

function volumeOptions({ noCopy, subpath, labels }: MountOf<'volume'>): Body | undefined {
  if (!noCopy && subpath === undefined && labels.length === 0) return undefined;
  return { NoCopy: noCopy ? true : undefined, Subpath: subpath, Labels: byName(labels) };
}

function fileBody({ path, target }: FileMount): Body {
  return { Type: 'bind', Source: path, Target: target, ReadOnly: true };
}
