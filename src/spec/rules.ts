/** What to do at some places of a stack file, found while walking down: keys literally, `*` for any name or item. */
export interface Rules<T> {
  readonly here: T | undefined;
  readonly named: ReadonlyMap<string, Rules<T>>;
  readonly any: Rules<T> | undefined;
}

interface Node<T> {
  here: T | undefined;
  named: Map<string, Node<T>>;
  any: Node<T> | undefined;
}

/** Builds rules from dotted patterns such as `services.*.build.args`. */
export function rulesOf<T>(patterns: Readonly<Record<string, T>>): Rules<T> {
  const root: Node<T> = { here: undefined, named: new Map(), any: undefined };
  for (const [pattern, value] of Object.entries(patterns)) {
    let node = root;
    for (const part of pattern.split('.')) node = child(node, part);
    node.here = value;
  }
  return root;
}

function child<T>(node: Node<T>, part: string): Node<T> {
  const made: Node<T> = { here: undefined, named: new Map(), any: undefined };
  if (part === '*') return (node.any ??= made);
  const existing = node.named.get(part);
  if (existing === undefined) node.named.set(part, made);
  return existing ?? made;
}

/** The rules below one key or item. */
export function below<T>(rules: Rules<T> | undefined, key: string): Rules<T> | undefined {
  return rules?.named.get(key) ?? rules?.any;
}

/** The rules below the items of a list. */
export function belowItems<T>(rules: Rules<T> | undefined): Rules<T> | undefined {
  return rules?.any;
}
