import type { Span } from '../../model/diagnostic.ts';
import type { Environment, Variable } from '../environment.ts';
import { substitute } from '../interpolate/substitute.ts';
import { parseTemplate } from '../interpolate/template.ts';
import { error, type Report, warning } from '../report.ts';
import { linesOf } from '../values/lines.ts';

interface Reader {
  readonly text: string;
  readonly spanAt: (offset: number, length: number) => Span;
  readonly report: Report;
  /** What values may refer to, before the lines above them. */
  readonly outer: (name: string) => string | undefined;
  readonly variables: Map<string, Variable>;
  /** Names that this file has set, to tell a second time. */
  readonly seen: Map<string, Span>;
  position: number;
  problems: number;
  /** Length of all values together. */
  total: number;
}

/** After that many the file is no file of variables. */
const maximumProblems = 20;

/** What values may come to when they repeat each other. */
const maximumTotal = 2 ** 23;

/**
 * Reads a file of variables by Compose's grammar: `KEY=value` or `KEY: value`, `export`, comments, quotes over several
 * lines, references in unquoted and double-quoted values. `before` holds what earlier files set; the result adds to it.
 * A name alone takes its value from `outer`. Lines that cannot be read are reported and passed over.
 */
export function parseDotenv(
  { file, text }: { readonly file: string; readonly text: string },
  before: Environment,
  outer: (name: string) => string | undefined,
  report: Report,
): Environment {
  const reader: Reader = {
    text,
    spanAt: linesOf(file, text),
    report,
    outer,
    variables: new Map(before),
    seen: new Map(),
    position: 0,
    problems: 0,
    total: 0,
  };
  while (skipBlanks(reader) && reader.problems < maximumProblems) readStatement(reader);
  return reader.variables;
}

/** Moves to the next statement; false at the end. */
function skipBlanks(reader: Reader): boolean {
  const blank = /(?:\s|#[^\n]*)*/y;
  blank.lastIndex = reader.position;
  reader.position += blank.exec(reader.text)?.[0].length ?? 0;
  return reader.position < reader.text.length;
}

function readStatement(reader: Reader): void {
  const start = reader.position;
  const { name, nameStart, separator, end } = readName(reader.text, start);
  const wrong = /[^\p{L}\p{N}_.\-[\]]/u.exec(name);
  if (name === '' || wrong !== null) {
    const message = wrong === null ? 'a name is missing' : `"${wrong[0]}" cannot stand in a variable name`;
    complain(reader, nameStart + (wrong?.index ?? 0), message, 'expected NAME=value');
    reader.position = endOfLine(reader, start) + 1;
    return;
  }
  reader.position = end;
  const span = reader.spanAt(nameStart, name.length);
  const value = separator === '=' || separator === ':' ? readValue(reader) : reader.outer(name);
  if (value !== undefined) setVariable(reader, name, value, span);
}

interface Name {
  readonly name: string;
  readonly nameStart: number;
  readonly separator: string;
  /** Where the value begins. */
  readonly end: number;
}

function readName(text: string, start: number): Name {
  const head = /(?:export[^\S\n]+)?([^\n=:]*)([=:]|\n|$)/y;
  head.lastIndex = start;
  const [all = '', name = '', separator = ''] = head.exec(text) ?? [];
  return { name: name.trim(), nameStart: start + all.indexOf(name), separator, end: start + all.length };
}

function setVariable(reader: Reader, name: string, value: string, span: Span): void {
  const first = reader.seen.get(name);
  if (first !== undefined) {
    const related = [{ message: 'the first one', span: first }];
    const message = `${name} is set twice; the later value counts`;
    reader.report(warning(span, { code: 'duplicate-variable', message, related }));
  }
  reader.seen.set(name, span);
  reader.total += value.length;
  if (reader.total > maximumTotal) {
    reader.report(error(span, { code: 'value-too-long', message: 'the values of this file exceed 8 MiB' }));
    reader.position = reader.text.length;
    return;
  }
  reader.variables.set(name, { value, origin: span });
}

function readValue(reader: Reader): string | undefined {
  const blank = /[^\S\n]*/y;
  blank.lastIndex = reader.position;
  reader.position += blank.exec(reader.text)?.[0].length ?? 0;
  const quote = reader.text.charAt(reader.position);
  if (quote === '"' || quote === "'") return readQuoted(reader, quote);
  const start = reader.position;
  const end = endOfLine(reader, start);
  const [value = ''] = reader.text.slice(start, end).split(' #', 1);
  reader.position = end + 1;
  return expand(reader, value.trimEnd(), start);
}

function readQuoted(reader: Reader, quote: '"' | "'"): string | undefined {
  const start = reader.position;
  let content = '';
  for (let index = start + 1; index < reader.text.length; index += 1) {
    const char = reader.text.charAt(index);
    if (char === quote) {
      reader.position = index + 1;
      return quote === "'" ? content : expand(reader, unescape(content), start);
    }
    const next = reader.text.charAt(index + 1);
    if (char === '\\' && next !== '') index += 1;
    content += char !== '\\' || next === quote ? reader.text.charAt(index) : `\\${next}`;
  }
  complain(reader, start, 'the quote is never closed', `end the value with ${quote}`);
  // Whatever follows may be inside of the quotes.
  reader.position = reader.text.length;
  return undefined;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['"', '"'],
  ['\\', '\\'],
  // The dollar sign is for interpolation to see, as one that stands for itself.
  ['$', '$$'],
]);

function unescape(text: string): string {
  return text.replace(/\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g, (all, letter: string | undefined, octal = '') => {
    if (letter !== undefined) return escapes.get(letter) ?? all;
    return /^[0-3][0-7]{2}$/.test(String(octal)) ? String.fromCharCode(Number.parseInt(String(octal), 8)) : all;
  });
}

function expand(reader: Reader, value: string, start: number): string | undefined {
  if (!value.includes('$')) return value;
  const template = parseTemplate(value);
  if (!template.ok) {
    complain(reader, start, template.error.message, 'write "$$" for a dollar sign, or use single quotes');
    return undefined;
  }
  const lookup = (name: string): string | undefined => reader.outer(name) ?? reader.variables.get(name)?.value;
  const line = reader.spanAt(start, endOfLine(reader, start) - start);
  return substitute(template.value, lookup, {
    unset: ({ name }) => {
      const message = `the variable ${name} is not set: a blank string stands for it`;
      reader.report(warning(line, { code: 'unset-variable', message }));
    },
    missing: ({ name }, reason) => {
      const message = `the variable ${name} is required${reason === '' ? '' : `: ${reason}`}`;
      reader.report(error(line, { code: 'required-variable', message }));
    },
    tooLong: () => {
      reader.report(error(line, { code: 'value-too-long', message: 'the value exceeds 1 MiB' }));
    },
  });
}

function complain(reader: Reader, offset: number, message: string, hint: string): void {
  reader.problems += 1;
  reader.report(error(reader.spanAt(offset, 1), { code: 'bad-env-file', message, hint }));
}

function endOfLine({ text }: Reader, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
