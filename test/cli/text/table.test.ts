import { expect, test } from 'vitest';
import { renderTable } from '../../../src/cli/text/table.ts';

test('columns stand three spaces apart and are at least ten wide', () => {
  expect(renderTable(['NAME', 'IMAGE', 'STATUS'], [['wordpress-web-1', 'nginx', 'Up 3 minutes']])).toBe(
    ['NAME              IMAGE     STATUS', 'wordpress-web-1   nginx     Up 3 minutes', ''].join('\n'),
  );
});

test('a table of nothing has its headings', () => {
  expect(renderTable(['NAME', 'IMAGE'], [])).toBe('NAME      IMAGE\n');
});

test('wide characters count as two columns', () => {
  expect(renderTable(['NAME', 'IMAGE'], [['日本日本日本', 'x']])).toBe('NAME           IMAGE\n日本日本日本   x\n');
});

test('cells cannot act on the terminal or break the line', () => {
  expect(renderTable(['A', 'B'], [['x\u001b[2J\ny', 'z']])).toBe('A         B\nx␛[2J␊y   z\n');
});
