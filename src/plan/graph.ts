import { Graph } from '@dagrejs/graphlib';

/** What each service needs, by name. Names that are no key of the map are ignored. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/** A dependency loop read as "needs", first name repeated last: `['a', 'b', 'a']`. */
type Cycle = readonly string[];

export interface Order {
  /** Every name, each after everything that it needs, loops left aside. */
  readonly names: readonly string[];
  readonly cycles: readonly Cycle[];
}

/**
 * Orders services by name, each after what it needs: equal input gives equal order.
 *
 * Iterative: a chain of twenty thousand services is ordered too. graphlib only holds the graph; its own
 * sorting recurses and names no cycle.
 */
export function orderByNeed(needs: Needs): Order {
  const graph = buildGraph(needs);
  const done = new Set<string>();
  const names: string[] = [];
  const cycles: Cycle[] = [];
  for (const root of [...needs.keys()].toSorted()) visit(graph, root, { done, names, cycles });
  return { names, cycles };
}

/** The names and everything that they need, directly or not. */
export function closure(needs: Needs, names: readonly string[]): ReadonlySet<string> {
  const found = new Set(names.filter((name) => needs.has(name)));
  for (const name of found) {
    for (const needed of needs.get(name) ?? []) if (needs.has(needed)) found.add(needed);
  }
  return found;
}

// graphlib keys plain objects by node id, so a service called `constructor` must never stand alone.
const prefix = 'service/';
const nodeOf = (name: string): string => prefix + name;
const nameOf = (node: string): string => node.slice(prefix.length);

function buildGraph(needs: Needs): Graph {
  const graph = new Graph({ directed: true });
  for (const name of needs.keys()) graph.setNode(nodeOf(name));
  for (const [name, needed] of needs) {
    for (const other of needed) if (needs.has(other)) graph.setEdge(nodeOf(name), nodeOf(other));
  }
  return graph;
}

interface Walk {
  readonly done: Set<string>;
  readonly names: string[];
  readonly cycles: Cycle[];
}

/** Depth first with a stack of its own; a name is written once everything below it is. */
function visit(graph: Graph, root: string, { done, names, cycles }: Walk): void {
  if (done.has(root)) return;
  const path = [{ name: root, rest: neededBy(graph, root) }];
  const onPath = new Set([root]);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.rest.shift();
    if (next === undefined) {
      path.pop();
      onPath.delete(top.name);
      done.add(top.name);
      names.push(top.name);
    } else if (onPath.has(next)) {
      const trail = path.map(({ name }) => name);
      cycles.push([...trail.slice(trail.indexOf(next)), next]);
    } else if (!done.has(next)) {
      path.push({ name: next, rest: neededBy(graph, next) });
      onPath.add(next);
    }
  }
}

const neededBy = (graph: Graph, name: string): string[] =>
  (graph.successors(nodeOf(name)) ?? []).map(nameOf).toSorted();
