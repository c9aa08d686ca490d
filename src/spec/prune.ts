import { find, findMapping, findText, type Mapping, mapping, type Tree, withEntry, withoutEntries } from './tree.ts';

type Section = 'networks' | 'volumes' | 'secrets' | 'configs' | 'models';

/** Leaves out networks, volumes, secrets, configs and models that no service uses. */
export function prune(tree: Mapping): Mapping {
  const services = [...(findMapping(tree, 'services')?.entries.values() ?? [])].map(({ value }) => value);
  const used: Readonly<Record<Section, ReadonlySet<string>>> = {
    networks: new Set(services.flatMap((service) => keysOf(find(service, 'networks')))),
    volumes: new Set(services.flatMap(volumesOf)),
    secrets: new Set(
      services.flatMap((service) => [
        ...sourcesOf(service, 'secrets'),
        ...sourcesOf(find(service, 'build'), 'secrets'),
      ]),
    ),
    configs: new Set(services.flatMap((service) => sourcesOf(service, 'configs'))),
    models: new Set(services.flatMap((service) => keysOf(find(service, 'models')))),
  };
  return (Object.keys(used) as Section[]).reduce((result, section) => keep(result, section, used[section]), tree);
}

function keep(tree: Mapping, section: Section, used: ReadonlySet<string>): Mapping {
  const resources = findMapping(tree, section);
  if (resources === undefined) return tree;
  const kept = [...resources.entries].filter(([key]) => used.has(key));
  return kept.length === 0 ? withoutEntries(tree, section) : withEntry(tree, section, mapping(kept, resources.span));
}

function keysOf(tree: Tree | undefined): readonly string[] {
  return tree?.kind === 'mapping' ? [...tree.entries.keys()] : [];
}

function itemsOf(tree: Tree | undefined, key: string): readonly Tree[] {
  const list = find(tree, key);
  return list?.kind === 'sequence' ? list.items : [];
}

function sourcesOf(tree: Tree | undefined, key: string): readonly string[] {
  return itemsOf(tree, key).flatMap((item) => findText(item, 'source') ?? []);
}

function volumesOf(service: Tree): readonly string[] {
  return itemsOf(service, 'volumes').flatMap((volume) =>
    findText(volume, 'type') === 'volume' ? (findText(volume, 'source') ?? []) : [],
  );
}
