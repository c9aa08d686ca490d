import type { DesiredService, Project } from '../../model/desired.ts';
import type { DesiredSwarmFile } from '../../model/target.ts';
import { flagAt, pairsAt, wordAt } from '../read.ts';
import { find, type Mapping } from '../tree.ts';

/** The configs and secrets that services use, as a swarm keeps them; sorted by kind and key. */
export function readSwarmFiles(
  tree: Mapping,
  services: readonly DesiredService[],
  project: Project,
): readonly DesiredSwarmFile[] {
  const used = new Map(
    services.flatMap(({ container }) => container.files.map((file) => [`${file.kind}/${file.source}`, file] as const)),
  );
  return [...used]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { kind, source, digest }]) => {
      const node = find(tree, `${kind}s`, source);
      const external = flagAt(node, 'external') ?? false;
      return {
        kind,
        key: source,
        name: wordAt(node, 'name') ?? (external ? source : `${project.name}_${source}`),
        external,
        digest,
        labels: pairsAt(node, ['labels']),
        templateDriver: wordAt(node, 'template_driver'),
      };
    });
}
