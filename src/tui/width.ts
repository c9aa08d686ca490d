import stringWidth from 'string-width';

/** Columns that the text takes on a terminal: wide characters take two, combining ones none. */
export function widthOf(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text);
}

/** The characters as a reader sees them: an accent or a joined emoji is no character of its own. */
export function charactersOf(text: string): readonly string[] {
  if (isPlain(text)) return text.split('');
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Most texts are: what measures all others takes 20 ms to load. */
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** Fills up with spaces; text that is wider stays as it is. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** At most `width` columns, cut at the end with an ellipsis. */
export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : `${takeColumns(charactersOf(text), width - 1)}…`;
}

/** At most `width` columns, cut in the middle: names differ at their ends (`shop-payment-12`). */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  const characters = charactersOf(text);
  const head = takeColumns(characters, Math.floor((width - 1) / 2));
  const tail = takeColumns(characters.toReversed(), width - 1 - widthOf(head));
  return `${head}…${charactersOf(tail).toReversed().join('')}`;
}

function takeColumns(characters: readonly string[], width: number): string {
  let taken = '';
  let used = 0;
  for (const character of characters) {
    used += widthOf(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}
