import { err, ok, type Result } from '../../model/result.ts';

export interface CommandLine {
  readonly words: readonly string[];
  /** Where an operator of a shell ends the command: nothing from there on is run. */
  readonly cutAt: number | undefined;
}

type Piece = 'blank' | 'escaped' | 'single' | 'double' | 'backtick' | 'substitution' | 'operator' | 'plain';

/** What a command line is made of; the first that matches. */
const pieces: readonly (readonly [Piece, RegExp])[] = [
  ['blank', /[ \t\r\n]+/y],
  ['escaped', /\\([\s\S])/y],
  ['single', /'([^']*)'/y],
  ['double', /"((?:\\[\s\S]|[^"\\])*)"/y],
  ['backtick', /(`(?:\\[\s\S]|[^`\\])*`)/y],
  ['substitution', /(\$\([^()]*\))/y],
  ['operator', /[;&|<>]/y],
  ['plain', /([^ \t\r\n\\'"`;&|<>()])/y],
];

/**
 * Splits a command as Compose does, by a shell's rules for quotes and backslashes, without running one: the text ends at
 * the first of `; & | < >` that stands bare.
 */
export function splitCommand(line: string): Result<CommandLine, string> {
  const words: string[] = [];
  let word: string | undefined;
  let position = 0;
  while (position < line.length) {
    const [kind, match] = pieceAt(line, position);
    if (kind === undefined) return err(explain(line.charAt(position)));
    if (kind === 'operator') return ok({ words: wordsBefore(match[0], words, word), cutAt: position });
    if (kind === 'blank') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + textOf(kind, match[1] ?? '');
    }
    position += match[0].length;
  }
  return ok({ words: word === undefined ? words : [...words, word], cutAt: undefined });
}

/** The digit of `2>` belongs to the operator. */
function wordsBefore(operator: string, words: readonly string[], word: string | undefined): readonly string[] {
  const isRedirection = operator === '>' && /^\d/.test(word ?? '');
  return word === undefined || isRedirection ? words : [...words, word];
}

function pieceAt(line: string, position: number): readonly [Piece, RegExpExecArray] | readonly [undefined] {
  for (const [kind, pattern] of pieces) {
    pattern.lastIndex = position;
    const match = pattern.exec(line);
    if (match !== null) return [kind, match];
  }
  return [undefined];
}

/** Backslashes count everywhere but in single quotes. */
function textOf(kind: Piece, text: string): string {
  return kind === 'double' || kind === 'backtick' ? text.replace(/\\([\s\S])/g, '$1') : text;
}

function explain(char: string): string {
  if (char === '\\') return 'it ends in a backslash';
  return char === '(' || char === ')' ? 'its parentheses do not pair up' : `the quote ${char} is never closed`;
}
