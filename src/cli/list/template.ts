import { UsageError } from '../exit.ts';
import { safeText } from '../text/safe-text.ts';
import { renderTable } from '../text/table.ts';

/** One thing that is listed: its fields by the names that templates use. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Prints rows by a template of docker's kind: `{{.Name}}: {{.State}}`, `{{json .}}`, `table {{.Name}}\t{{.Status}}`.
 * Fields and `json` are all that is understood; anything else is refused with the names of the fields.
 */
export function renderTemplate(template: string, rows: readonly Fields[], known: readonly string[]): string {
  const isTable = /^table\s/.test(template);
  const body = (isTable ? template.replace(/^table\s+/, '') : template).replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  const parts = parse(body, known);
  if (!isTable) return rows.map((row) => `${parts.map((part) => fill(part, row)).join('')}\n`).join('');
  const cells = (row: Fields): readonly string[] =>
    parts
      .map((part) => fill(part, row))
      .join('')
      .split('\t');
  const headers = parts
    .map((part) => (part.kind === 'text' ? part.text : headerOf(part.field)))
    .join('')
    .split('\t');
  return renderTable(headers, rows.map(cells));
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** An undefined field is the whole row. */
  | { readonly kind: 'plain' | 'json'; readonly field: string | undefined };

function parse(template: string, known: readonly string[]): readonly Part[] {
  return template.split(/(\{\{.*?\}\})/s).map((piece): Part => {
    if (!piece.startsWith('{{')) return { kind: 'text', text: piece };
    const [, json, field] = /^\{\{-?\s*(json\s+)?\.(\w*)\s*-?\}\}$/.exec(piece) ?? [];
    if (field === undefined || (field === '' && json === undefined)) {
      throw new UsageError(`the template ${piece} is not understood`, 'use {{.Field}}, {{json .Field}} or {{json .}}');
    }
    if (field !== '' && !known.includes(field)) {
      throw new UsageError(`the template has no field ${field}`, `fields are ${known.join(', ')}`);
    }
    return { kind: json === undefined ? 'plain' : 'json', field: field === '' ? undefined : field };
  });
}

function fill(part: Part, row: Fields): string {
  if (part.kind === 'text') return part.text;
  const value = part.field === undefined ? row : row[part.field];
  if (part.kind === 'json') return JSON.stringify(value);
  return safeText(typeof value === 'string' ? value : JSON.stringify(value));
}

/** `RunningFor` → `RUNNING FOR`. */
function headerOf(field: string | undefined): string {
  return (field ?? '').replaceAll(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
}
