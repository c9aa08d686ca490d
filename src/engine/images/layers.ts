import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Chain ids of an image's layers: each stands for its layer and all below it, and is the same on every engine. */
export function chainIds(diffIds: readonly string[]): readonly string[] {
  const chains: string[] = [];
  for (const diffId of diffIds) {
    const below = chains.at(-1);
    chains.push(below === undefined ? diffId : `sha256:${sha256(`${below} ${diffId}`)}`);
  }
  return chains;
}

/**
 * Which files of an image's archive hold layers that an engine with these chains need not be given.
 * A layer that occurs again above an unknown one is needed: its second occurrence may be a link to the first.
 */
export function createLayerFilter(diffIds: readonly string[], known: ReadonlySet<string>): (name: string) => boolean {
  const chains = chainIds(diffIds);
  const firstUnknown = chains.findIndex((chain) => !known.has(chain));
  if (firstUnknown === -1) return (name) => name.endsWith('/layer.tar') || blobs(diffIds).has(name);
  const needed = new Set(diffIds.slice(firstUnknown));
  const folders = folderNames(chains);
  const spare = diffIds.slice(0, firstUnknown).filter((diffId) => !needed.has(diffId));
  const files = new Set([...blobs(spare), ...spare.map((diffId) => `${folders[diffIds.indexOf(diffId)]}/layer.tar`)]);
  return (name) => files.has(name);
}

/** Docker 25 and newer name a layer's file by the layer's own digest. */
const blobs = (diffIds: readonly string[]): ReadonlySet<string> =>
  new Set(diffIds.map((diffId) => `blobs/${diffId.replace(':', '/')}`));

/**
 * Docker before 25 has a folder for each layer, named by a digest of what images were in its first format: for all but
 * the highest layer an empty configuration, the chain, and the name of the folder below.
 */
function folderNames(chains: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const chain of chains) {
    const below = names.at(-1);
    const parent = below === undefined ? '' : `,"parent":"sha256:${below}"`;
    names.push(sha256(`{${emptyConfiguration},"created":"1970-01-01T00:00:00Z","layer_id":"${chain}"${parent}}`));
  }
  return names;
}

const emptyConfiguration = `"container_config":${JSON.stringify({
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
})}`;
