import type { Diagnostic } from '../../model/diagnostic.ts';
import { entriesOf, itemsOf, type Node, numberAt, textAt } from '../read.ts';
import { type Report, warning } from '../report.ts';
import { find, type Scalar, type Tree } from '../tree.ts';
import { parseDuration } from '../values/duration.ts';
import { textOf } from '../values/text.ts';

/** What YAML reads otherwise than it was meant, as warnings: unquoted numbers, modes and ports, and what means "default". */
export function findTraps(tree: Tree): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): number => diagnostics.push(diagnostic);
  for (const [, { value: service }] of entriesOf(find(tree, 'services'))) {
    for (const path of namedTexts) findChangedTexts(find(service, ...path), report);
    findModes(service, report);
    findPorts(service, report);
    findZeros(service, report);
    findEmptyCheck(service, report);
  }
  return diagnostics;
}

/** Where numbers stand for text. */
const namedTexts = [['environment'], ['labels'], ['annotations'], ['build', 'args'], ['build', 'labels']] as const;

function findChangedTexts(node: Node, report: Report): void {
  for (const [name, { value }] of entriesOf(node)) {
    if (!isPlain(value) || value.value === null || textOf(value) === value.source) continue;
    const message = `YAML reads ${value.source} as ${textOf(value)}, and that is what ${name} becomes`;
    report(warning(value.span, { code: 'changed-by-yaml', message, hint: `put it in quotes: "${value.source}"` }));
  }
}

/** Not in quotes, and short enough to have been typed. */
function isPlain(node: Node): node is Scalar {
  return node?.kind === 'scalar' && !node.isQuoted && typeof node.value !== 'string' && node.source.length <= 60;
}

/** `mode: 755` is a decimal number, which nobody means. */
function findModes(service: Tree, report: Report): void {
  const files = [...itemsOf(find(service, 'secrets')), ...itemsOf(find(service, 'configs'))];
  const mounts = itemsOf(find(service, 'volumes')).map((mount) => find(mount, 'tmpfs'));
  for (const mode of [...files, ...mounts].map((node) => find(node, 'mode'))) {
    if (!isPlain(mode) || !/^[1-7][0-7]{2,3}$/.test(mode.source)) continue;
    const message = `${mode.source} is a decimal number here, the mode 0${Number(mode.source).toString(8)}`;
    report(warning(mode.span, { code: 'changed-by-yaml', message, hint: `write 0${mode.source}` }));
  }
}

/** YAML 1.1 has numbers to the base of sixty, and takes `22:22` for 1342. */
function findPorts(service: Tree, report: Report): void {
  for (const port of itemsOf(find(service, 'ports'))) {
    if (port.kind !== 'scalar' || port.isQuoted || !/^[1-9]\d{0,4}(:[0-5]?\d)+$/.test(port.source)) continue;
    const message = `many YAML readers take ${port.source} for a number to the base of sixty`;
    report(warning(port.span, { code: 'changed-by-yaml', message, hint: `put it in quotes: "${port.source}"` }));
  }
}

function findEmptyCheck(service: Tree, report: Report): void {
  const test = find(service, 'healthcheck', 'test');
  if (test?.kind !== 'sequence' || test.items.length > 0) return;
  const message = 'an empty test turns nothing off: the healthcheck of the image applies';
  report(warning(test.span, { code: 'bad-healthcheck', message, hint: 'turn it off with [NONE]' }));
}

function findZeros(service: Tree, report: Report): void {
  for (const attribute of ['interval', 'timeout', 'retries']) {
    const node = find(service, 'healthcheck', attribute);
    const duration = parseDuration(textAt(node) ?? '');
    const amount = duration.ok ? duration.value : numberAt(node);
    if (node === undefined || amount !== 0) continue;
    const message = `${attribute}: 0 does not turn anything off: the engine takes its default`;
    report(warning(node.span, { code: 'zero-is-default', message }));
  }
}
