import { error, type Report } from '../report.ts';
import { linesOf } from '../values/lines.ts';

/** No stack file that a person writes is larger; a larger one is a mistake or an attack. */
const maximumBytes = 2 ** 20;

/** Line breaks and tabs aside, characters that no editor shows: control codes, direction overrides, odd line ends. */
const hidden =
  // biome-ignore lint: the very characters that must not occur
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/**
 * Bytes of a file as text, or `undefined` with a report of why they are none: too many, not UTF-8, invisible characters.
 * A byte order mark is dropped, and the lines end in `\n`.
 */
export function decodeText(file: string, bytes: Uint8Array, report: Report): string | undefined {
  const top = { file, line: 1, column: 1, length: 1 };
  if (bytes.length > maximumBytes) {
    const size = (bytes.length / maximumBytes).toFixed(1);
    report(error(top, { code: 'file-too-large', message: `the file has ${size} MiB; the limit is 1 MiB` }));
    return undefined;
  }
  const raw = decodeUtf8(file, bytes, report);
  if (raw === undefined) return undefined;
  const text = raw.replaceAll('\r\n', '\n');
  return countHidden(file, text, report) === 0 ? text : undefined;
}

function decodeUtf8(file: string, bytes: Uint8Array, report: Report): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const good = new TextDecoder('utf-8').decode(bytes).split('\ufffd', 1)[0] ?? '';
    const span = linesOf(file, good)(good.length, 1);
    report(error(span, { code: 'not-utf8', message: 'the file is not UTF-8 text', hint: 'save it as UTF-8' }));
    return undefined;
  }
}

function countHidden(file: string, text: string, report: Report): number {
  let count = 0;
  const spanAt = linesOf(file, text);
  for (const match of text.matchAll(hidden)) {
    count += 1;
    if (count > 10) break;
    const code = match[0].charCodeAt(0).toString(16).padStart(2, '0');
    const shown = code.length > 2 ? `\\u${code}` : `\\x${code}`;
    report(
      error(spanAt(match.index, 1), {
        code: 'invisible-character',
        message: `the invisible character ${shown} is not allowed here`,
        hint: `remove it, or write "${shown}" in double quotes`,
      }),
    );
  }
  return count;
}
