import type { Diagnostic, Span } from '../../model/diagnostic.ts';
import { type Colors, colorsFor } from './color.ts';
import { safeJson, safeText } from './safe-text.ts';
import { markLine } from './source-line.ts';

const shownAtMost = 50;
const sourceColumns = 100;

/** How diagnostics are drawn. */
export interface DiagnosticsStyle {
  readonly hasColor: boolean;
}

/**
 * Every diagnostic with its place, the line of source with carets below it, related places and the hint; a count last.
 *
 * `texts` are the files by the name that spans use; a span of no such file has no source line. Sorted by file and
 * position; of more than fifty, errors are shown before warnings and the rest is counted. Empty for no diagnostics.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  { hasColor }: DiagnosticsStyle,
): string {
  if (diagnostics.length === 0) return '';
  const page: Page = { colors: colorsFor(hasColor), lineOf: lineReader(texts) };
  const shown = diagnostics.toSorted(bySeverity).slice(0, shownAtMost).toSorted(byPlace);
  const left = diagnostics.length - shown.length;
  return [
    ...shown.map((diagnostic) => `${frameLines(diagnostic, page).join('\n')}\n\n`),
    left > 0 ? `… and ${left} more\n` : '',
    `${countLine(diagnostics)}\n`,
  ].join('');
}

/** The same as one JSON document: `{"errors":1,"warnings":0,"diagnostics":[{"code",…,"file","line","column","length"}]}`. */
export function diagnosticsToJson(diagnostics: readonly Diagnostic[]): string {
  const document = {
    errors: count(diagnostics, 'error'),
    warnings: count(diagnostics, 'warning'),
    diagnostics: diagnostics.toSorted(byPlace).map(({ span, related, ...rest }) => ({
      ...rest,
      ...span,
      related: related.map((place) => ({ message: place.message, ...place.span })),
    })),
  };
  return `${safeJson(document, 2)}\n`;
}

interface Page {
  readonly colors: Colors;
  readonly lineOf: (span: Span) => string | undefined;
}

function frameLines(diagnostic: Diagnostic, page: Page): readonly string[] {
  const { code, severity, message, span, hint, related, isSourceHidden = false } = diagnostic;
  const { colors } = page;
  const mark = severity === 'error' ? colors.red : colors.yellow;
  const gutter = Math.max(...[span, ...related.map((place) => place.span)].map(({ line }) => String(line).length));
  return [
    `${colors.bold(placeOf(span))}: ${mark(colors.bold(`${severity}[${safeText(code)}]`))}: ${safeText(message)}`,
    ...(isSourceHidden ? [] : sourceLines(span, { page, mark, gutter })),
    ...related.flatMap((place) => [
      `${' '.repeat(gutter)} ${placeOf(place.span)}: ${safeText(place.message)}`,
      ...sourceLines(place.span, { page, mark: colors.blue, gutter }),
    ]),
    ...(hint === undefined ? [] : [`${' '.repeat(gutter)} ${colors.cyan('hint')}: ${safeText(hint)}`]),
  ];
}

interface SourceStyle {
  readonly page: Page;
  readonly mark: (text: string) => string;
  readonly gutter: number;
}

function sourceLines(span: Span, { page, mark, gutter }: SourceStyle): readonly string[] {
  const line = page.lineOf(span);
  if (line === undefined) return [];
  const { text, carets } = markLine(line, span, sourceColumns);
  const { dim } = page.colors;
  return [
    `${dim(` ${String(span.line).padStart(gutter)} |`)} ${text}`.trimEnd(),
    `${dim(` ${' '.repeat(gutter)} |`)} ${mark(carets)}`,
  ];
}

/** Splits each file once, when its first line is asked for. */
function lineReader(texts: ReadonlyMap<string, string>): (span: Span) => string | undefined {
  const files = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    const text = texts.get(file);
    if (text === undefined) return undefined;
    const lines = files.get(file) ?? text.split(/\r?\n/);
    files.set(file, lines);
    return lines[line - 1];
  };
}

function placeOf({ file, line, column }: Span): string {
  return `${safeText(file)}:${line}:${column}`;
}

function countLine(diagnostics: readonly Diagnostic[]): string {
  const counts = [
    [count(diagnostics, 'error'), 'error'],
    [count(diagnostics, 'warning'), 'warning'],
  ] as const;
  return counts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}${number === 1 ? '' : 's'}`)
    .join(', ');
}

function count(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

function bySeverity(a: Diagnostic, b: Diagnostic): number {
  return Number(a.severity === 'warning') - Number(b.severity === 'warning') || byPlace(a, b);
}

function byPlace({ span: a }: Diagnostic, { span: b }: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
