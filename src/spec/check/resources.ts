import { entriesOf, flagAt, mappingsOf } from '../read.ts';
import { error, type Report, warning } from '../report.ts';
import { find, type Mapping, type Tree } from '../tree.ts';
import { byPlace, keyOf, related } from './service.ts';

/** Networks, volumes, configs and secrets: what they may say together. */
export function checkResources(tree: Mapping, report: Report): void {
  for (const section of ['networks', 'volumes', 'secrets', 'configs']) {
    for (const [name, { value }] of entriesOf(find(tree, section))) checkExternal(`${section}.${name}`, value, report);
  }
  for (const section of ['secrets', 'configs']) {
    for (const [name, { key, value }] of entriesOf(find(tree, section))) {
      checkContent(`${section}.${name}`, { key, value }, report);
    }
  }
}

/** What would define a thing that exists already, and is not ours to define. */
const definitions = [
  'driver',
  'driver_opts',
  'labels',
  'file',
  'environment',
  'content',
  'internal',
  'attachable',
  'template_driver',
];

function checkExternal(path: string, node: Tree, report: Report): void {
  if (flagAt(node, 'external') !== true) return;
  const pools = keyOf(node, 'ipam');
  const isPlain = mappingsOf(find(node, 'ipam', 'config')).length === 0;
  for (const attribute of [...definitions, 'ipam']) {
    const span = attribute === 'ipam' && isPlain ? undefined : attribute === 'ipam' ? pools : keyOf(node, attribute);
    if (span === undefined) continue;
    const message = `${path} is external: it exists already, so "${attribute}" cannot define it`;
    const place = related('external', keyOf(node, 'external'));
    const finding = { code: 'conflicting-attributes', message, hint: 'keep one of them', related: place };
    // Compose refuses it of volumes, and passes over it elsewhere.
    report(path.startsWith('volumes.') ? error(span, finding) : warning(span, finding));
  }
}

function checkContent(
  path: string,
  { key, value }: { readonly key: Tree['span']; readonly value: Tree },
  report: Report,
): void {
  const isConfig = path.startsWith('configs');
  if (flagAt(value, 'external') === true || (isConfig && keyOf(value, 'driver') !== undefined)) return;
  const ways = isConfig ? ['file', 'environment', 'content'] : ['file', 'environment'];
  const stated = ways.flatMap((way) => {
    const span = keyOf(value, way);
    return span === undefined ? [] : [{ way, span }];
  });
  const [first, second] = stated.toSorted((a, b) => byPlace(a.span, b.span));
  if (first === undefined) {
    const message = `${path} does not say where its content comes from`;
    report(
      error(key, { code: 'missing-key', message, hint: `add one of ${ways.map((way) => `"${way}"`).join(', ')}` }),
    );
  } else if (second !== undefined) {
    const message = `${path} takes its content from "${first.way}" and from "${second.way}"; they exclude each other`;
    const place = related('the other one', first.span);
    report(error(second.span, { code: 'conflicting-attributes', message, hint: 'keep one of them', related: place }));
  }
}
