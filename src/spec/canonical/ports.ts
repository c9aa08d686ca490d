import { error, type Report } from '../report.ts';
import { record, type Scalar, scalar, type Tree } from '../tree.ts';
import { parsePort, type ShortPort } from '../values/port.ts';
import { textOf } from '../values/text.ts';

/** Each short port as a mapping, each range of them as one mapping a port. */
export function longPorts(tree: Tree, report: Report): Tree {
  if (tree.kind !== 'sequence') return tree;
  return { ...tree, items: tree.items.flatMap((item) => longPort(item, report)) };
}

function longPort(tree: Tree, report: Report): readonly Tree[] {
  if (tree.kind !== 'scalar' || tree.value === null) return [tree];
  const ports = parsePort(textOf(tree));
  if (ports.ok) return ports.value.map((port) => describe(port, tree));
  const hint = 'expected [[ip:]published:]target[/protocol], such as "8080:80"';
  report(error(tree.span, { code: 'bad-port', message: `"${textOf(tree)}" is not a port: ${ports.error}`, hint }));
  return [];
}

function describe({ hostIp, target, published, protocol }: ShortPort, { span }: Scalar): Tree {
  const text = (value: string | undefined): Tree | undefined => (value === undefined ? undefined : scalar(value, span));
  return record(
    {
      mode: text('ingress'),
      host_ip: text(hostIp),
      target: scalar(target, span),
      published: text(published),
      protocol: text(protocol),
    },
    span,
  );
}
