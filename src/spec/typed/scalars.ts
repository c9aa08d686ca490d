import { formatDuration } from '../../model/units.ts';
import { type Cast, castText } from '../interpolate/cast.ts';
import { error, type Report, warning } from '../report.ts';
import { type Scalar, scalar, sequence, type Tree } from '../tree.ts';
import { parseBytes } from '../values/bytes.ts';
import { splitCommand } from '../values/command.ts';
import { parseDuration } from '../values/duration.ts';
import { textOf } from '../values/text.ts';

/** Text as it is, numbers as Compose spells them; blank text says nothing. */
export function readText(tree: Tree): Tree | undefined {
  if (tree.kind !== 'scalar') return tree;
  const text = textOf(tree);
  return text === '' ? undefined : scalar(text, tree.span);
}

export function readFlag(tree: Tree, report: Report): Tree | undefined {
  return readCast(tree, 'boolean', report);
}

export function readInteger(tree: Tree, report: Report): Tree | undefined {
  const read = readCast(tree, 'integer', report);
  if (read?.kind !== 'scalar' || typeof read.value !== 'number') return read;
  if (Number.isSafeInteger(Math.trunc(read.value))) return { ...read, value: Math.trunc(read.value) };
  report(error(tree.span, { code: 'out-of-range', message: `${textOf(read)} is too large a number` }));
  return undefined;
}

function readCast(tree: Tree, cast: Cast, report: Report): Scalar | undefined {
  if (tree.kind !== 'scalar') return undefined;
  if (typeof tree.value !== 'string') return tree;
  const value = castText(tree.value, cast);
  if (value !== undefined) return scalar(value, tree.span);
  const article = cast === 'integer' ? 'an' : 'a';
  report(error(tree.span, { code: 'wrong-type', message: `expected ${article} ${cast}, got "${tree.value}"` }));
  return undefined;
}

/** With the digits that a 32-bit float tells apart: `0.1` stays `0.1`. */
export function readDecimal(tree: Tree, report: Report): Tree | undefined {
  const read = readCast(tree, 'number', report);
  if (read === undefined || typeof read.value !== 'number') return undefined;
  if (Number.isFinite(read.value)) return scalar(shortenFloat(read.value), read.span);
  report(error(tree.span, { code: 'out-of-range', message: `${textOf(read)} is no number to count with` }));
  return undefined;
}

function shortenFloat(value: number): number {
  const target = Math.fround(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const candidate = Number(target.toPrecision(digits));
    if (Math.fround(candidate) === target) return candidate;
  }
  return Number(target.toPrecision(9));
}

/** A size as the decimal text of its bytes. `-1` is unlimited, where it is allowed. */
export function readBytes(tree: Tree, report: Report): Tree | undefined {
  if (tree.kind !== 'scalar') return undefined;
  const text = textOf(tree);
  if (text === '-1') return scalar(text, tree.span);
  const bytes = parseBytes(text);
  if (bytes.ok) return bytes.value === 0 ? undefined : scalar(String(bytes.value), tree.span);
  report(error(tree.span, { code: 'bad-size', message: `"${text}" is not a size: ${bytes.error}` }));
  return undefined;
}

export function readDuration(tree: Tree, report: Report): Tree | undefined {
  if (tree.kind !== 'scalar') return undefined;
  const text = textOf(tree);
  const duration = parseDuration(text);
  if (duration.ok) return scalar(spellDuration(duration.value), tree.span);
  report(error(tree.span, { code: 'bad-duration', message: `"${text}" is not a duration: ${duration.error}` }));
  return undefined;
}

/** Go spells what is shorter than a millisecond in smaller units. */
function spellDuration(ms: number): string {
  if (ms === 0 || ms >= 1) return formatDuration(ms);
  const nanos = Math.round(ms * 1e6);
  return nanos >= 1000 ? `${nanos / 1000}µs` : `${nanos}ns`;
}

/** Permissions in octal, `0440`: text is octal, a number counts as YAML read it. */
export function readMode(tree: Tree, report: Report): Tree | undefined {
  if (tree.kind !== 'scalar') return undefined;
  const mode = typeof tree.value === 'number' ? tree.value : parseOctal(textOf(tree));
  if (mode !== undefined && Number.isSafeInteger(mode) && mode >= 0) return scalar(`0${mode.toString(8)}`, tree.span);
  const message = `"${textOf(tree)}" is not a file mode`;
  report(error(tree.span, { code: 'bad-mode', message, hint: 'expected octal digits, such as "0440"' }));
  return undefined;
}

function parseOctal(text: string): number | undefined {
  return /^[0-7]{1,10}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** Text is split into words, without a shell. */
export function readCommand(tree: Tree, report: Report): Tree | undefined {
  if (tree.kind === 'sequence') return { ...tree, items: tree.items.map(asText) };
  if (tree.kind !== 'scalar') return undefined;
  const text = textOf(tree);
  const line = splitCommand(text);
  if (!line.ok) {
    const hint = 'write it as a list of words';
    report(error(tree.span, { code: 'bad-command', message: `the command cannot be split: ${line.error}`, hint }));
    return undefined;
  }
  const { words, cutAt } = line.value;
  if (cutAt !== undefined) {
    const message = `no shell runs this command: it ends before "${text.slice(cutAt, cutAt + 20)}"`;
    report(warning(tree.span, { code: 'shell-operator', message, hint: 'for a shell, write ["sh", "-c", "…"]' }));
  }
  const items = words.map((word) => scalar(word, tree.span));
  return sequence(items, tree.span);
}

/** Text is a line for the image's shell. */
export function readTest(tree: Tree): Tree | undefined {
  if (tree.kind === 'sequence') return tree.items.length === 0 ? undefined : { ...tree, items: tree.items.map(asText) };
  return tree.kind === 'scalar' ? sequence([scalar('CMD-SHELL', tree.span), asText(tree)], tree.span) : undefined;
}

/** Text as it is, blank or not. */
export function asText(item: Tree): Tree {
  return item.kind === 'scalar' ? scalar(textOf(item), item.span) : item;
}

/** `all` is -1. */
export function readDeviceCount(tree: Tree, report: Report): Tree | undefined {
  if (tree.kind !== 'scalar') return undefined;
  const text = textOf(tree);
  if (text.toLowerCase() === 'all') return scalar(-1, tree.span);
  if (/^[-+]?\d+$/.test(text)) return Number(text) === 0 ? undefined : scalar(Number(text), tree.span);
  report(error(tree.span, { code: 'wrong-type', message: `expected "all" or a number, got "${text}"` }));
  return undefined;
}
