import type { Mount, VolumesFrom } from '../../model/container.ts';
import { bytesAt, flagAt, mappingsOf, type Node, numberAt, pairsAt, textsAt, wordAt } from '../read.ts';
import { find } from '../tree.ts';

/** Volumes, then `tmpfs`, then the engine's socket where it is asked for. Types that only other engines know (`npipe`, `cluster`) are left out; the checks name them. */
export function readMounts(service: Node): readonly Mount[] {
  return [
    ...mappingsOf(find(service, 'volumes')).flatMap((mount) => readMount(mount) ?? []),
    ...textsAt(service, 'tmpfs').map(readTmpfsLine),
    ...(flagAt(service, 'use_api_socket') === true ? [engineSocket] : []),
  ];
}

const engineSocket: Mount = {
  type: 'bind',
  source: '/var/run/docker.sock',
  target: '/var/run/docker.sock',
  readOnly: false,
  createHostPath: false,
  propagation: undefined,
  selinux: undefined,
  recursive: undefined,
  consistency: undefined,
};

function readMount(node: Node): Mount | undefined {
  const common = { target: wordAt(node, 'target') ?? '', readOnly: flagAt(node, 'read_only') ?? false };
  const source = wordAt(node, 'source');
  switch (wordAt(node, 'type')) {
    case 'bind':
      return { type: 'bind', source: source ?? '', ...common, ...bindOptions(node) };
    case 'volume':
      return {
        type: 'volume',
        source,
        ...common,
        noCopy: flagAt(node, 'volume', 'nocopy') ?? false,
        subpath: wordAt(node, 'volume', 'subpath'),
        labels: pairsAt(node, ['volume', 'labels']),
      };
    case 'tmpfs':
      return {
        type: 'tmpfs',
        ...common,
        sizeBytes: bytesAt(node, 'tmpfs', 'size'),
        mode: numberAt(node, 'tmpfs', 'mode'),
        options: undefined,
      };
    case 'image':
      return { type: 'image', source: source ?? '', ...common, subpath: wordAt(node, 'image', 'subpath') };
    case undefined:
    default:
      return undefined;
  }
}

function bindOptions(node: Node): Omit<Extract<Mount, { type: 'bind' }>, 'type' | 'source' | 'target' | 'readOnly'> {
  const selinux = wordAt(node, 'bind', 'selinux');
  return {
    createHostPath: mayCreate(node),
    propagation: wordAt(node, 'bind', 'propagation'),
    selinux: selinux === 'z' || selinux === 'Z' ? selinux : undefined,
    recursive: wordAt(node, 'bind', 'recursive'),
    consistency: wordAt(node, 'consistency'),
  };
}

/** A mount without `bind` makes its source; one with `bind` says so, for the canonical form leaves out what is false. */
export function mayCreate(mount: Node): boolean {
  return find(mount, 'bind') === undefined || flagAt(mount, 'bind', 'create_host_path') === true;
}

function readTmpfsLine(line: string): Mount {
  const cut = line.indexOf(':');
  const target = cut < 0 ? line : line.slice(0, cut);
  const options = cut < 0 ? '' : line.slice(cut + 1);
  return { type: 'tmpfs', target, readOnly: false, sizeBytes: undefined, mode: undefined, options };
}

/** `NAME[:ro]` is a service, `container:NAME[:ro]` a container. */
export function readVolumesFrom(service: Node): readonly VolumesFrom[] {
  return textsAt(service, 'volumes_from').map((line) => {
    const parts = line.split(':');
    const isContainer = parts[0] === 'container';
    const [name = '', mode] = isContainer ? parts.slice(1) : parts;
    return { from: isContainer ? 'container' : 'service', name, readOnly: mode === 'ro' };
  });
}
