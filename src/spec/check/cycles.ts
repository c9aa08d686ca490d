import type { Span } from '../../model/diagnostic.ts';
import { entriesOf, type Node, wordAt } from '../read.ts';
import { error, type Report } from '../report.ts';
import { find, type Mapping } from '../tree.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly span: Span;
}

/** At most so many circles are shown, and so many edges of each. */
const shownCircles = 20;
const shownEdges = 50;

/**
 * Services that wait for each other, one finding a circle, with the place of every edge.
 *
 * Walks with a stack of its own: a chain of services may be longer than the call stack.
 */
export function checkCycles(tree: Mapping, report: Report): void {
  const edges = new Map<string, readonly Edge[]>();
  for (const [name, { value }] of entriesOf(find(tree, 'services'))) edges.set(name, edgesOf(name, value));

  const circles: (readonly Edge[])[] = [];
  const done = new Set<string>();
  for (const start of edges.keys()) {
    if (!done.has(start)) walk(start, { edges, done, circles });
  }
  for (const circle of circles) report(describe(circle));
}

function edgesOf(from: string, service: Node): readonly Edge[] {
  const edges = entriesOf(find(service, 'depends_on')).map(([to, { key }]) => ({ from, to, span: key }));
  const mode = find(service, 'network_mode');
  const [, to] = /^service:(.+)$/.exec(wordAt(mode) ?? '') ?? [];
  if (mode === undefined || to === undefined || edges.some((edge) => edge.to === to)) return edges;
  return [...edges, { from, to, span: mode.span }];
}

interface Search {
  readonly edges: ReadonlyMap<string, readonly Edge[]>;
  readonly done: Set<string>;
  readonly circles: (readonly Edge[])[];
}

/** Depth first from one service. What is on the way and met again closes a circle. */
function walk(start: string, { edges, done, circles }: Search): void {
  const way: { readonly name: string; next: number; readonly via: Edge | undefined }[] = [
    { name: start, next: 0, via: undefined },
  ];
  const onWay = new Set([start]);
  for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
    const edge = edges.get(last.name)?.[last.next];
    last.next += 1;
    if (edge === undefined) {
      way.pop();
      onWay.delete(last.name);
      done.add(last.name);
    } else if (onWay.has(edge.to)) {
      if (circles.length === shownCircles) return;
      const from = way.findIndex(({ name }) => name === edge.to);
      circles.push([...way.slice(from + 1).flatMap(({ via }) => via ?? []), edge]);
    } else if (!done.has(edge.to)) {
      way.push({ name: edge.to, next: 0, via: edge });
      onWay.add(edge.to);
    }
  }
}

function describe(circle: readonly Edge[]): ReturnType<typeof error> {
  const [first, ...others] = circle.slice(0, shownEdges);
  const names = [...circle.slice(0, shownEdges).map(({ from }) => from), ...(circle.length > shownEdges ? ['…'] : [])];
  const span = first?.span ?? { file: '', line: 1, column: 1, length: 1 };
  return error(span, {
    code: 'dependency-cycle',
    message:
      circle.length === 1
        ? `service "${first?.from ?? ''}" depends on itself`
        : `services depend on each other in a circle: ${[...names, first?.from ?? ''].join(' → ')}`,
    hint: 'leave out one of these dependencies',
    related: others.map(({ from, to, span: place }) => ({ message: `"${from}" depends on "${to}"`, span: place })),
  });
}
