import { err, ok, type Result } from '../../model/result.ts';

/** A text with references to variables, taken apart. */
export type Template = readonly Part[];
type Part = string | Reference;

type Operator = '' | ':-' | '-' | ':?' | '?' | ':+' | '+';

/** `$NAME`, `${NAME}` or `${NAME<operator>word}`. */
export interface Reference {
  readonly name: string;
  readonly operator: Operator;
  readonly word: Template;
  /** As written, from the dollar sign to the end. */
  readonly text: string;
  /** What follows the operator, as written. */
  readonly wordText: string;
}

/** Why a text is no template, and what of it is wrong. */
export interface TemplateProblem {
  readonly message: string;
  readonly text: string;
}

const maximumNesting = 10;

/**
 * Takes a text apart by Compose's interpolation grammar. `$$` is a dollar sign; a dollar sign before anything but a name
 * or a brace stands for itself.
 */
export function parseTemplate(text: string, nesting = 0): Result<Template, TemplateProblem> {
  const parts: Part[] = [];
  let position = 0;
  while (position < text.length) {
    const dollar = text.indexOf('$', position);
    if (dollar === -1) break;
    parts.push(text.slice(position, dollar));
    const next = text.charAt(dollar + 1);
    if (next === '{') {
      const reference = parseBraced(text, dollar, nesting);
      if (!reference.ok) return reference;
      parts.push(reference.value);
      position = dollar + reference.value.text.length;
    } else {
      const name = next === '$' ? '' : nameAt(text, dollar + 1);
      parts.push(name === '' ? '$' : { name, operator: '', word: [], text: `$${name}`, wordText: '' });
      position = dollar + 1 + (next === '$' ? 1 : name.length);
    }
  }
  parts.push(text.slice(position));
  return ok(parts.filter((part) => part !== ''));
}

function nameAt(text: string, position: number): string {
  const pattern = /[_a-z][_a-z\d]*/iy;
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? '';
}

function parseBraced(text: string, dollar: number, nesting: number): Result<Reference, TemplateProblem> {
  const close = findClose(text, dollar + 1);
  if (close === -1) return err({ message: 'the brace is never closed', text: text.slice(dollar, dollar + 40) });
  const whole = text.slice(dollar, close + 1);
  const name = nameAt(text, dollar + 2);
  const rest = text.slice(dollar + 2 + name.length, close);
  if (name === '') return err({ message: 'a variable name is missing after "${"', text: whole });
  const operator = operatorOf(rest);
  if (operator === undefined)
    return err({ message: `"${rest.slice(0, 20)}" cannot follow a variable name`, text: whole });
  if (nesting >= maximumNesting) {
    return err({ message: `variables nest deeper than ${maximumNesting} levels`, text: whole });
  }
  const wordText = rest.slice(operator.length);
  const word = parseTemplate(wordText, nesting + 1);
  return word.ok ? ok({ name, operator, word: word.value, text: whole, wordText }) : word;
}

function operatorOf(rest: string): Operator | undefined {
  if (rest === '') return '';
  return ([':-', ':?', ':+', '-', '?', '+'] as const).find((operator) => rest.startsWith(operator));
}

/** The brace that closes the one at `open`; where braces do not pair up, the last one of the text. */
function findClose(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (char === 0x7b) depth += 1;
    if (char === 0x7d) depth -= 1;
    if (depth === 0) return index;
  }
  const last = text.lastIndexOf('}');
  return last > open ? last : -1;
}
