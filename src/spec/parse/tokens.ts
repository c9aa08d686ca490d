import { Lexer } from 'yaml';
import type { Span } from '../../model/diagnostic.ts';
import { error, type Report } from '../report.ts';

/** Deeper than any stack file; the parser recurses, so depth is bounded before it sees the text. */
export const maximumDepth = 64;

/** What the parser reads within a second on a slow machine. */
const maximumTokens = 100_000;

/**
 * The lexical tokens of a YAML text; `undefined`, with a report, if it nests too deeply or holds more than a parser
 * should be given.
 */
export function readTokens(file: string, text: string, report: Report): readonly string[] | undefined {
  const scan: Scan = { columns: [], flow: 0, key: 1, count: 0, line: 1, column: 1 };
  const tokens: string[] = [];
  for (const token of new Lexer().lex(text)) {
    tokens.push(token);
    if (isMark(token)) continue;
    if (!/^[ \t\n\r#]/.test(token)) visit(scan, token);
    const excess = findExcess(scan);
    if (excess !== undefined) {
      const span: Span = { file, line: scan.line, column: scan.column, length: 1 };
      report(error(span, excess));
      return undefined;
    }
    advance(scan, token);
  }
  return tokens;
}

interface Scan {
  /** Columns of the block collections that are open. */
  columns: number[];
  /** Flow collections that are open. */
  flow: number;
  /** Column of the latest scalar: a key, if a colon follows. */
  key: number;
  count: number;
  line: number;
  column: number;
}

function findExcess(scan: Scan): { code: string; message: string } | undefined {
  if (scan.columns.length + scan.flow > maximumDepth) {
    return { code: 'too-deep', message: `nesting deeper than ${maximumDepth} levels` };
  }
  if (scan.count > maximumTokens) {
    return { code: 'too-many-nodes', message: `the file has more than ${maximumTokens} keys and values` };
  }
  return undefined;
}

/** The lexer's own marks: byte order mark, start of a document, of flow text, of a scalar. They have no width. */
function isMark(token: string): boolean {
  return token.length === 1 && ['\ufeff', '\u0002', '\u0018', '\u001f'].includes(token);
}

function visit(scan: Scan, token: string): void {
  scan.count += 1;
  if (token === '---') scan.columns = [];
  else if (token === '[' || token === '{') scan.flow += 1;
  else if (token === ']' || token === '}') scan.flow = Math.max(0, scan.flow - 1);
  else if (scan.flow > 0) return;
  else if (token === '-' || token === '?') open(scan, scan.column);
  else if (token === ':') open(scan, scan.key);
  else if (!/^[&!]/.test(token)) scan.key = scan.column;
}

function open(scan: Scan, column: number): void {
  while ((scan.columns.at(-1) ?? 0) > column) scan.columns.pop();
  if (scan.columns.at(-1) !== column) scan.columns.push(column);
}

function advance(scan: Scan, token: string): void {
  if (!token.includes('\n')) {
    scan.column += token.length;
    return;
  }
  const lines = token.split('\n');
  const last = lines.at(-1) ?? '';
  scan.line += lines.length - 1;
  scan.column = last.length + 1;
}
