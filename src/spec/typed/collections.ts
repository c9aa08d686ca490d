import { compareText } from '../merge/sequences.ts';
import { error, type Report } from '../report.ts';
import { type Entry, find, type Mapping, mapEntries, mapping, record, scalar, sequence, type Tree } from '../tree.ts';
import { textOf } from '../values/text.ts';
import { readInteger } from './scalars.ts';

/** Names with text; a name alone is blank. */
export function readPairs(tree: Tree): Tree | undefined {
  return readNamed(tree, '');
}

/** Names with text, or null for the value that the environment has. */
export function readVariables(tree: Tree, report: Report): Tree | undefined {
  if (tree.kind === 'sequence') {
    for (const item of tree.items) {
      const [name = ''] = item.kind === 'scalar' ? textOf(item).split('=', 1) : [];
      if (!/\s$/.test(name)) continue;
      const message = `the variable "${name}" ends in a blank`;
      report(error(item.span, { code: 'bad-value', message, hint: 'write NAME=value without blanks around "="' }));
    }
  }
  return readNamed(tree, null);
}

function readNamed(tree: Tree, absent: '' | null): Tree | undefined {
  const entries = tree.kind === 'mapping' ? namedEntries(tree, absent) : listedEntries(tree, absent);
  return entries.length === 0 ? undefined : mapping(entries, tree.span);
}

function namedEntries(tree: Mapping, absent: '' | null): readonly (readonly [string, Entry])[] {
  return [...tree.entries].map(([name, { key, value }]) => {
    const text = value.kind === 'scalar' && value.value !== null ? textOf(value) : absent;
    return [name, { key, value: value.kind === 'scalar' ? scalar(text, value.span) : value }];
  });
}

function listedEntries(tree: Tree, absent: '' | null): readonly (readonly [string, Entry])[] {
  if (tree.kind !== 'sequence') return [];
  return tree.items.flatMap((item) => {
    if (item.kind !== 'scalar') return [];
    const text = textOf(item);
    const separator = text.indexOf('=');
    const name = separator === -1 ? text : text.slice(0, separator);
    const value = scalar(separator === -1 ? absent : text.slice(separator + 1), item.span);
    return [[name, { key: item.span, value }] as const];
  });
}

/** Options of a provider, each a list of texts. */
export function readOptions(tree: Tree): Tree | undefined {
  if (tree.kind !== 'mapping' || tree.entries.size === 0) return undefined;
  const asText = (item: Tree): Tree => (item.kind === 'scalar' ? scalar(textOf(item), item.span) : item);
  return mapEntries(tree, (value) =>
    sequence(value.kind === 'sequence' ? value.items.map(asText) : [asText(value)], value.span),
  );
}

/** One limit for both, or a soft and a hard one. */
export function readUlimit(tree: Tree, report: Report): Tree | undefined {
  if (tree.kind === 'scalar') {
    const limit = readInteger(tree, report);
    return limit?.kind === 'scalar' && limit.value === 0 ? record({}, tree.span) : limit;
  }
  const part = (key: string): Tree | undefined => {
    const value = find(tree, key);
    const limit = value === undefined ? undefined : readInteger(value, report);
    return limit?.kind === 'scalar' && limit.value === 0 ? undefined : limit;
  };
  return record({ soft: part('soft'), hard: part('hard') }, tree.span);
}

/** `host=address`, sorted; a host may have several. */
export function readHosts(tree: Tree, report: Report): Tree | undefined {
  const lines = tree.kind === 'mapping' ? mappedHosts(tree) : listedHosts(tree, report);
  const sorted = lines.toSorted((a, b) => compareText(a.line, b.line));
  for (const { host, at } of sorted) {
    if (host !== '' && !/[:=]/.test(host)) continue;
    report(
      error(at.span, { code: 'bad-host', message: `"${host}" is not a host name`, hint: 'expected host=address' }),
    );
  }
  return sorted.length === 0
    ? undefined
    : sequence(
        sorted.map(({ line, at }) => scalar(line, at.span)),
        tree.span,
      );
}

interface HostLine {
  readonly host: string;
  readonly line: string;
  readonly at: Tree;
}

function hostLine(host: string, address: string, at: Tree): HostLine {
  const bare = /^\[.+\]$/.test(address) ? address.slice(1, -1) : address;
  return { host, line: `${host}=${bare}`, at };
}

function mappedHosts(tree: Mapping): readonly HostLine[] {
  return [...tree.entries].flatMap(([host, { value }]) => {
    const addresses = value.kind === 'sequence' ? value.items : [value];
    return addresses.map((address) => hostLine(host, address.kind === 'scalar' ? textOf(address) : '', address));
  });
}

function listedHosts(tree: Tree, report: Report): readonly HostLine[] {
  if (tree.kind !== 'sequence') return [];
  return tree.items.flatMap((item) => {
    const text = item.kind === 'scalar' ? textOf(item) : '';
    const separator = text.includes('=') ? text.indexOf('=') : text.indexOf(':');
    if (separator !== -1) {
      const addresses = text.slice(separator + 1).split(',');
      return addresses.map((address) => hostLine(text.slice(0, separator), address, item));
    }
    report(error(item.span, { code: 'bad-host', message: `"${text}" has no address`, hint: 'expected host=address' }));
    return [];
  });
}

/** Names of SSH keys, with the path of the key or socket where one is given. */
export function readSsh(tree: Tree): Tree | undefined {
  if (tree.kind !== 'mapping') return tree;
  const items = [...tree.entries].map(([id, { value }]) => {
    const path = value.kind === 'scalar' ? textOf(value) : '';
    return scalar(path === '' ? id : `${id}=${path}`, value.span);
  });
  return items.length === 0 ? undefined : sequence(items, tree.span);
}
