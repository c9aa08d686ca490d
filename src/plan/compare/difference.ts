import { canonicalJson } from '../../model/canonical.ts';
import { attributeOf, hidden, hidesPassword, isSecretName, showValue } from './naming.ts';

/** Lists whose order means something: shown whole when they change. */
const ordered: ReadonlySet<string> = new Set(['command', 'entrypoint', 'test', 'dns', 'dnsSearch', 'dnsOpt']);

/**
 * Every difference of two values of one field, one line each, in the words of the stack file:
 * `environment.DB_HOST: "a" → "b"`, `ports: + 8080:80`, `command: ["a"] → ["b"]`.
 */
export function differences(path: string, field: string, before: unknown, after: unknown): readonly string[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const found = structural(path, field, before, after);
  return found.length > 0 ? found : [`${path}: changed`];
}

/** Lines for what came and went of a list that is a set, each entry by its text. */
export function setDifferences(path: string, before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...before.filter((item) => !after.includes(item)).map((item) => `${path}: - ${item}`),
    ...after.filter((item) => !before.includes(item)).map((item) => `${path}: + ${item}`),
  ];
}

function structural(path: string, field: string, before: unknown, after: unknown): readonly string[] {
  if (isPairs(before) && isPairs(after) && before.length + after.length > 0)
    return pairDifferences(path, before, after);
  if (isList(before) && isList(after) && !ordered.has(field)) {
    return setDifferences(path, before.map(describe), after.map(describe));
  }
  if (isRecord(before) && isRecord(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .toSorted()
      .flatMap((key) => differences(`${path}.${attributeOf(key)}`, key, before[key], after[key]));
  }
  return [`${path}: ${showValue(field, before)} → ${showValue(field, after)}`];
}

function pairDifferences(path: string, before: readonly Pair[], after: readonly Pair[]): readonly string[] {
  const old = new Map(before);
  const wanted = new Map(after);
  return [...new Set([...old.keys(), ...wanted.keys()])].toSorted().flatMap((name) => {
    const [from, to] = [old.get(name), wanted.get(name)];
    if (from === to) return [];
    if (isSecretName(name) || hidesPassword(from ?? '') || hidesPassword(to ?? ''))
      return [`${path}.${name}: ${hidden}`];
    return [`${path}.${name}: ${quote(from)} → ${quote(to)}`];
  });
}

const quote = (value: string | undefined): string => (value === undefined ? 'unset' : JSON.stringify(value));

function describe(item: unknown): string {
  const text = typeof item === 'string' ? item : JSON.stringify(item);
  return hidesPassword(text) ? hidden : text;
}

type Pair = readonly [name: string, value: string];

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPairs = (value: unknown): value is readonly Pair[] =>
  isList(value) &&
  value.every((item) => isList(item) && item.length === 2 && item.every((it) => typeof it === 'string'));
