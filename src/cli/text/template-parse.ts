import { err, ok, type Result } from '../../model/result.ts';

/** A template taken apart: text that stays, and actions whose value is put in. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly commands: readonly Command[] };

/** One stage of a pipeline: a value, or a function with its arguments. */
export interface Command {
  readonly name: string | undefined;
  readonly operands: readonly Operand[];
}

export type Operand =
  /** `.Name`, `.Labels.tier`; an empty path is the row itself. */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'literal'; readonly value: string | number };

const action = /\{\{(.*?)\}\}/s;
const token =
  /\s*(?:(?<pipe>\|)|(?<quoted>"(?:[^"\\]|\\.)*")|`(?<raw>[^`]*)`|(?<number>-?\d+)|(?<field>\.(?:\w+(?:\.\w+)*)?)|(?<word>[A-Za-z]\w*))\s*/y;

/**
 * Parses the Go templates that users of docker paste: `{{.Name}}`, `{{json .}}`, `{{.Name | upper}}`,
 * `{{join .Labels ","}}`. Conditions, loops and variables are refused with a message.
 */
export function parseTemplate(template: string): Result<readonly Part[], string> {
  const text = template.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  const parts: Part[] = [];
  for (const [index, piece] of text.split(action).entries()) {
    if (index % 2 === 0) {
      if (piece.includes('{{')) return err(`"{{" is not closed in ${JSON.stringify(template)}`);
      parts.push({ kind: 'text', text: piece });
      continue;
    }
    const commands = parseAction(piece);
    if (!commands.ok) return commands;
    parts.push({ kind: 'action', commands: commands.value });
  }
  return ok(parts);
}

function parseAction(source: string): Result<readonly Command[], string> {
  const commands: { name: string | undefined; operands: Operand[] }[] = [{ name: undefined, operands: [] }];
  const scanner = new RegExp(token);
  while (scanner.lastIndex < source.length) {
    const found = scanner.exec(source);
    const command = commands.at(-1);
    if (!found?.groups || !command) return err(`cannot read "{{${source}}}": only fields and functions are understood`);
    const { pipe, word } = found.groups;
    if (pipe !== undefined) commands.push({ name: undefined, operands: [] });
    else if (word === undefined) command.operands.push(operandOf(found.groups));
    else if (command.name === undefined && command.operands.length === 0) command.name = word;
    else return err(`cannot read "{{${source}}}": "${word}" is not expected there`);
  }
  const isEmpty = commands.some(({ name, operands }) => name === undefined && operands.length === 0);
  return isEmpty ? err(`"{{${source}}}" says nothing`) : ok(commands);
}

function operandOf({ quoted, raw, number, field = '' }: Partial<Record<string, string>>): Operand {
  if (quoted !== undefined) return { kind: 'literal', value: unquote(quoted) };
  if (raw !== undefined) return { kind: 'literal', value: raw };
  if (number !== undefined) return { kind: 'literal', value: Number(number) };
  return { kind: 'field', path: field.split('.').filter((name) => name !== '') };
}

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
}
