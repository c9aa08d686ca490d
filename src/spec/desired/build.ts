import type { BuildSpec } from '../../model/desired.ts';
import {
  bytesAt,
  flagAt,
  mappingsOf,
  type Node,
  optionalPairsAt,
  pairsAt,
  sortedTextsAt,
  textAt,
  textsAt,
  wordAt,
} from '../read.ts';
import { find } from '../tree.ts';
import type { Contents } from './files.ts';
import { readUlimits } from './resources.ts';

/** How to build the service's image; `undefined` when it is not built. */
export function readBuild(node: Node, contents: Contents): BuildSpec | undefined {
  if (node?.kind !== 'mapping') return undefined;
  return {
    context: wordAt(node, 'context') ?? '.',
    dockerfile: wordAt(node, 'dockerfile') ?? 'Dockerfile',
    dockerfileInline: textAt(node, 'dockerfile_inline'),
    args: optionalPairsAt(node, ['args']),
    target: wordAt(node, 'target'),
    labels: pairsAt(node, ['labels']),
    tags: textsAt(node, 'tags'),
    cacheFrom: textsAt(node, 'cache_from'),
    cacheTo: textsAt(node, 'cache_to'),
    noCache: flagAt(node, 'no_cache') ?? false,
    pull: flagAt(node, 'pull') ?? false,
    network: wordAt(node, 'network'),
    shmSizeBytes: bytesAt(node, 'shm_size'),
    extraHosts: sortedTextsAt(node, 'extra_hosts'),
    platforms: [...new Set(textsAt(node, 'platforms'))],
    privileged: flagAt(node, 'privileged') ?? false,
    additionalContexts: pairsAt(node, ['additional_contexts']),
    secrets: mappingsOf(find(node, 'secrets')).flatMap((secret) => {
      const source = textAt(secret, 'source') ?? '';
      const content = contents.find('secret', source);
      return content === undefined ? [] : [{ id: wordAt(secret, 'target') ?? source, digest: content.digest }];
    }),
    ssh: pairsAt(node, ['ssh']),
    ulimits: readUlimits(find(node, 'ulimits')),
  };
}
