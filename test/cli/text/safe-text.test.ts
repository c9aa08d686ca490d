import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeJson, safeLines, safeOutput, safeText } from '../../../src/cli/text/safe-text.ts';

/** Text that is rich in what terminals act on. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u001b',
        '\u001b[',
        '31m',
        '2J',
        '\u009b',
        '\u001b]52;c;',
        '\u0007',
        '\r',
        '\n',
        '\t',
        '\u202e',
        '\u2028',
        '\u200b',
      ),
      fc.constantFrom('\u001b[31m', '\u001b[0m', '\u001b[1;38;5;9m', '\u001b[?25l', '\ud800', '日本', '👩‍👩‍👧'),
    ),
  )
  .map((parts) => parts.join(''));

const acting = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

test('nothing in safe text acts on a terminal', () => {
  fc.assert(fc.property(hostile, (text) => !acting.test(safeText(text))));
});

test('making safe text safe again changes nothing', () => {
  fc.assert(fc.property(hostile, (text) => safeText(safeText(text)) === safeText(text)));
});

test('the output of a container keeps nothing that acts but tabs and colours', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = safeOutput(text, { keepColors: true });
      return !acting.test(shown.replaceAll(/\u001b\[[\d;:]*m/g, '').replaceAll('\t', ''));
    }),
  );
});

test('the output of a container without colours keeps nothing that acts but tabs', () => {
  fc.assert(fc.property(hostile, (text) => !acting.test(safeOutput(text, { keepColors: false }).replaceAll('\t', ''))));
});

test('JSON that is safe to print reads back as what it was', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom(0, 2), (text, indent) => {
      const json = safeJson({ text }, indent);
      expect(acting.test(json.replaceAll('\n', ''))).toBe(false);
      expect(JSON.parse(json)).toEqual({ text });
    }),
  );
});

test('printable text of any script stays as it is', () => {
  const text = 'wp-web-1 says: naïve Ünïcode, 日本語, עברית, emoji 👩‍👩‍👧 ✔';
  expect(safeText(text)).toBe(text);
});

test('control characters show as pictures', () => {
  expect(safeText('a\u001b]52;c;Zm9v\u0007b\r\nc\u007f')).toBe('a␛]52;c;Zm9v␇b␍␊c␡');
});

test('eight-bit controls and what reorders text show as replaced', () => {
  expect(safeText('a\u009b2Jb\u202ec')).toBe('a�2Jb�c');
});

test('an engine that colours its errors is heard without the colours', () => {
  expect(safeText('\u001b[31mdenied\u001b[0m')).toBe('denied');
});

test('an escape sequence put together by taking a colour out is still shown', () => {
  expect(safeText('\u001b\u001b[0m[2J')).toBe('␛[2J');
});

test('the colours of a line end with the line', () => {
  expect(safeOutput('\u001b[32mok', { keepColors: true })).toBe('\u001b[32mok\u001b[0m');
});

test('a line end of Windows leaves no mark', () => {
  expect(safeOutput('done\r', { keepColors: false })).toBe('done');
});

test('text of several lines becomes safe lines', () => {
  expect(safeLines('one\r\ntwo\u0007\n\n')).toEqual(['one', 'two␇']);
});
