import { err, ok, type Result } from '../../model/result.ts';

export interface CommandLine {
  readonly words: readonly string[];
  /** Where an operator of a shell ends the command: nothing from there on is run. */
  readonly cutAt: number | undefined;
}

interface Splitting {
  words: string[];
  word: string | undefined;
  quote: '"' | "'" | '`' | ')' | undefined;
}

/**
 * Splits a command as Compose does, by a shell's rules for quotes and backslashes, without running one: the text ends at
 * the first of `; & | < >` that stands bare.
 */
export function splitCommand(line: string): Result<CommandLine, string> {
  const state: Splitting = { words: [], word: undefined, quote: undefined };
  let cutAt: number | undefined;
  for (let index = 0; index < line.length && cutAt === undefined; index += 1) {
    const char = line.charAt(index);
    if (char === '\\' && state.quote !== "'") {
      if (index + 1 >= line.length) return err('it ends in a backslash');
      index += 1;
      append(state, line.charAt(index));
    } else if (state.quote === undefined && /[;&|<>]/.test(char)) {
      cutAt = index;
      // `2>` belongs to the operator.
      if (char === '>' && /^\d/.test(state.word ?? '')) state.word = undefined;
    } else if (!visit(state, char)) {
      return err('its parentheses do not pair up');
    }
  }
  if (state.quote !== undefined)
    return err(state.quote === ')' ? 'a parenthesis is never closed' : 'a quote is never closed');
  endWord(state);
  return ok({ words: state.words, cutAt });
}

function visit(state: Splitting, char: string): boolean {
  const { quote } = state;
  if ((char === '"' || char === "'") && (quote === undefined || quote === char)) {
    state.quote = quote === undefined ? char : undefined;
    state.word ??= '';
    return true;
  }
  if (quote === undefined && /[ \t\r\n]/.test(char)) {
    endWord(state);
    return true;
  }
  if (char === '(' && quote === undefined) {
    if (state.word?.endsWith('$') !== true) return false;
    state.quote = ')';
  } else if (char === '(' && quote === ')') {
    return false;
  } else if (char === ')' && (quote === undefined || quote === ')')) {
    if (quote === undefined) return false;
    state.quote = undefined;
  } else if (char === '`' && (quote === undefined || quote === '`')) {
    state.quote = quote === undefined ? '`' : undefined;
  }
  append(state, char);
  return true;
}

function append(state: Splitting, char: string): void {
  state.word = (state.word ?? '') + char;
}

function endWord(state: Splitting): void {
  if (state.word !== undefined) state.words.push(state.word);
  state.word = undefined;
}
