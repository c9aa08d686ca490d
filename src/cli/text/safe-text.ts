const colour = /(\u001b\[[\d;:]*m)/;

/** Control characters, separators that some terminals break lines at, and what reorders or hides text. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * One printable line of any text from engines, registries and containers. Everything foreign goes through here,
 * {@link safeLines} or {@link safeOutput} before it reaches a terminal.
 *
 * Colours go; every other control character shows as its picture (`␛`, `␊`) or as `�`, so it can do nothing.
 */
export function safeText(text: string): string {
  return showControls(withoutColours(text).replaceAll('\t', ' '));
}

/** As {@link safeText}, a line for each line; empty lines at the end go. */
export function safeLines(text: string): readonly string[] {
  return text
    .trimEnd()
    .split(/\r\n|\n/)
    .map(safeText);
}

/** A text a line, each as {@link safeText}; every line ends. */
export const joinLines = (texts: readonly string[]): string => texts.map((text) => `${safeText(text)}\n`).join('');

/** One line of a container's output: tabs stay, and colours do if they may; then the line ends with a reset. */
export function safeOutput(line: string, { keepColors }: { readonly keepColors: boolean }): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!keepColors) return showControls(withoutColours(text), '\t');
  const parts = text.split(colour);
  const shown = parts.map((part, index) => (index % 2 === 0 ? showControls(part, '\t') : part)).join('');
  return parts.length > 1 ? `${shown}\u001b[0m` : shown;
}

/** JSON on one line in which nothing can act on a terminal: what {@link safeText} would show is escaped as `\u001b`. */
export function safeJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, undefined, indent).replace(unsafe, (character) =>
    character === '\n' ? character : escapeUnits(character),
  );
}

/** How a control character is written in code (`\u001b`); other characters stay. For lines of source. */
export function escapeControls(text: string): string {
  return text.toWellFormed().replace(unsafe, escapeUnits);
}

function withoutColours(text: string): string {
  return text
    .split(colour)
    .filter((_, index) => index % 2 === 0)
    .join('');
}

function showControls(text: string, kept = ''): string {
  return text.toWellFormed().replace(unsafe, (character) => (character === kept ? character : picture(character)));
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return character === '\u2028' || character === '\u2029' ? '␊' : '�';
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
