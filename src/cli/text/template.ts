import { err, ok, type Result } from '../../model/result.ts';
import { charactersOf } from '../../tui/width.ts';
import { safeJson, safeText } from './safe-text.ts';
import { renderTable } from './table.ts';
import { type Command, type Operand, type Part, parseTemplate } from './template-parse.ts';

/**
 * What a template can ask of one row, by docker's names of fields (`Name`, `Image`, `Labels`). A function is called
 * with the argument of the template: `{{.Label "tier"}}`.
 */
export type TemplateRow = Readonly<Record<string, unknown>>;

/**
 * `--format` for rows: `json` (one object a line), a Go template (one line a row), or `table` with a template whose
 * columns tabs part. `headers` are the fields that there are, with their column titles.
 *
 * All text is safe to print. The error is a sentence for the person who wrote the format.
 */
export function formatRows(
  format: string,
  rows: readonly TemplateRow[],
  headers: ReadonlyMap<string, string>,
): Result<string, string> {
  if (format === 'json') return ok(rows.map((row) => `${safeJson(row)}\n`).join(''));
  const isTable = /^table\s/.test(format);
  const parsed = parseTemplate(isTable ? format.slice('table'.length).trimStart() : format);
  if (!parsed.ok) return parsed;
  const problem = checkParts(parsed.value, headers);
  if (problem !== undefined) return err(problem);
  const lines = rows.map((row) => parsed.value.map((part) => renderPart(part, row)).join(''));
  if (!isTable) return ok(lines.map((line) => `${line}\n`).join(''));
  const titles = parsed.value.map((part) => titleOf(part, headers)).join('');
  return ok(
    renderTable(
      titles.split('\t'),
      lines.map((line) => line.split('\t')),
    ),
  );
}

type TemplateFunction = (...values: readonly unknown[]) => unknown;

const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['json', (value) => safeJson(value ?? null)],
  ['lower', (value) => asText(value).toLowerCase()],
  ['upper', (value) => asText(value).toUpperCase()],
  ['title', (value) => asText(value).replaceAll(/\b\p{L}/gu, (letter) => letter.toUpperCase())],
  ['join', (list, separator) => (Array.isArray(list) ? list.map(asText).join(asText(separator)) : asText(list))],
  ['split', (value, separator) => asText(value).split(asText(separator))],
  ['truncate', (value, length) => charactersOf(asText(value)).slice(0, Number(length)).join('')],
  ['len', (value) => (Array.isArray(value) || typeof value === 'string' ? value.length : 0)],
  ['println', (value) => `${asText(value)}\n`],
]);

/** The first thing that no row could answer. */
function checkParts(parts: readonly Part[], headers: ReadonlyMap<string, string>): string | undefined {
  for (const { name, operands } of parts.flatMap((part) => (part.kind === 'action' ? part.commands : []))) {
    if (name !== undefined && !functions.has(name)) {
      return `there is no function "${name}"; there are ${[...functions.keys()].join(', ')}`;
    }
    for (const operand of operands) {
      const [field] = operand.kind === 'field' ? operand.path : [];
      if (field !== undefined && !headers.has(field)) {
        return `there is no field "${field}"; there are ${[...headers.keys()].join(', ')}`;
      }
    }
  }
  return undefined;
}

function renderPart(part: Part, row: TemplateRow): string {
  if (part.kind === 'text') return part.text;
  const [first, ...rest] = part.commands.map((command) => (piped: readonly unknown[]) => run(command, row, piped));
  const value = rest.reduce<unknown>((result, next) => next([result]), first?.([]));
  return asText(value).split('\n').map(safeText).join('\n');
}

/** What a stage of a pipeline gives; the value of the stage before is its last argument. */
function run({ name, operands }: Command, row: TemplateRow, piped: readonly unknown[]): unknown {
  const values = [...operands.map((operand) => valueOf(operand, row)), ...piped];
  const [first, ...others] = values;
  if (name !== undefined) return functions.get(name)?.(...values);
  return typeof first === 'function' ? (first as TemplateFunction)(...others) : first;
}

function valueOf(operand: Operand, row: TemplateRow): unknown {
  if (operand.kind === 'literal') return operand.value;
  return operand.path.reduce<unknown>((value, name) => {
    const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    return isOwn ? (value as TemplateRow)[name] : undefined;
  }, row);
}

function titleOf(part: Part, headers: ReadonlyMap<string, string>): string {
  if (part.kind === 'text') return part.text;
  const operands = part.commands.flatMap((command) => command.operands);
  const field = operands.find((operand) => operand.kind === 'field')?.path[0] ?? '';
  return headers.get(field) ?? field.toUpperCase();
}

/** As Go prints values: lists in brackets, nothing for what is not there. */
function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return `[${value.map(asText).join(' ')}]`;
  if (typeof value === 'object') return safeJson(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
