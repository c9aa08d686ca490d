import { expect, test } from 'vitest';
import { diagnosticsToJson, renderDiagnostics } from '../../../src/cli/text/diagnostics.ts';
import type { Diagnostic, Span } from '../../../src/model/diagnostic.ts';

const at = (line: number, column: number, length: number, file = 'compose.yaml'): Span => ({
  file,
  line,
  column,
  length,
});

function problem(span: Span, overrides: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: 'unknown-attribute',
    severity: 'error',
    message: 'a service has no attribute "imagee"',
    span,
    hint: undefined,
    related: [],
    ...overrides,
  };
}

function render(text: string, ...diagnostics: readonly Diagnostic[]): string {
  return renderDiagnostics(diagnostics, new Map([['compose.yaml', text]]), { hasColor: false });
}

/** The source line and the line of carets of a single diagnostic. */
function frame(line: string, span: Span): readonly string[] {
  return render(line, problem(span)).split('\n').slice(1, 3);
}

test('a diagnostic shows its place, the line, carets below what is meant, and the hint', () => {
  const text = 'services:\n  web:\n    imagee: nginx\n';
  expect(render(text, problem(at(3, 5, 6), { hint: 'did you mean "image"' }))).toBe(
    [
      'compose.yaml:3:5: error[unknown-attribute]: a service has no attribute "imagee"',
      ' 3 |     imagee: nginx',
      '   |     ^^^^^^',
      '  hint: did you mean "image"',
      '',
      '1 error',
      '',
    ].join('\n'),
  );
});

test('related places follow with lines of their own', () => {
  const text = `services:\n${'  a: {}\n'.repeat(10)}  web: {}\n`;
  const related = [{ message: 'first declared here', span: at(2, 3, 1) }];
  expect(
    render(text, problem(at(12, 3, 3), { related }))
      .split('\n')
      .slice(1, 6),
  ).toEqual([
    ' 12 |   web: {}',
    '    |   ^^^',
    '   compose.yaml:2:3: first declared here',
    '  2 |   a: {}',
    '    |   ^',
  ]);
});

test('diagnostics come by file and position, errors and warnings together', () => {
  const text = 'a: 1\nb: 2\n';
  const shown = render(
    text,
    problem(at(2, 1, 1)),
    problem(at(1, 4, 1), { severity: 'warning' }),
    problem(at(1, 1, 1)),
    problem(at(9, 1, 1, '.env')),
  );
  expect(shown.split('\n').filter((line) => line.includes('unknown-attribute'))).toEqual([
    expect.stringMatching(/^\.env:9:1: error/),
    expect.stringMatching(/^compose\.yaml:1:1: error/),
    expect.stringMatching(/^compose\.yaml:1:4: warning/),
    expect.stringMatching(/^compose\.yaml:2:1: error/),
  ]);
  expect(shown.trimEnd().split('\n').at(-1)).toBe('3 errors, 1 warning');
});

test('a place outside any file has no source line', () => {
  expect(render('a: 1', problem(at(1, 1, 3, '<environment>')))).toBe(
    '<environment>:1:1: error[unknown-attribute]: a service has no attribute "imagee"\n\n1 error\n',
  );
});

test('carets stand below what is meant after tabs', () => {
  expect(frame('a\tb: 1', at(1, 3, 1))).toEqual([' 1 | a   b: 1', '   |     ^']);
});

test('carets stand below what is meant after wide characters and cover their width', () => {
  expect(frame('日本: 東京 x', at(1, 5, 2))).toEqual([' 1 | 日本: 東京 x', '   |       ^^^^']);
});

test('control characters of the source are shown as code writes them', () => {
  expect(frame('a: "\u001b[31m\u202e"', at(1, 5, 1))).toEqual([' 1 | a: "\\u001b[31m\\u202e"', '   |     ^^^^^^']);
});

test('a place after the end of the line gets one caret there', () => {
  expect(frame('image:', at(1, 7, 1))).toEqual([' 1 | image:', '   |       ^']);
});

test('a span longer than its line ends with the line', () => {
  expect(frame('ab: c', at(1, 1, 99))).toEqual([' 1 | ab: c', '   | ^^^^^']);
});

test('an empty line gets one caret', () => {
  expect(frame('', at(1, 1, 1))).toEqual([' 1 |', '   | ^']);
});

test('lines of files with line ends of Windows show no carriage return', () => {
  expect(frame('a: 1\r\nb: 2\r\n', at(1, 1, 1))[0]).toBe(' 1 | a: 1');
});

test('a long line is cut around what is meant', () => {
  const [line = '', carets = ''] = frame(`${'x'.repeat(5_000)}HERE${'y'.repeat(5_000)}`, at(1, 5_001, 4));
  expect(line.length).toBeLessThanOrEqual(105);
  expect(line).toMatch(/\| …x+HEREy+…$/);
  expect(carets.indexOf('^^^^')).toBe(line.indexOf('HERE'));
});

test('a span wider than the screen is cut too', () => {
  const [, carets = ''] = frame('x'.repeat(300), at(1, 101, 200));
  expect(carets.length).toBeLessThanOrEqual(105);
});

test('of more than fifty diagnostics errors are shown first and the rest is counted', () => {
  const warnings = Array.from({ length: 60 }, (_, index) => problem(at(index + 1, 1, 1), { severity: 'warning' }));
  const shown = render('a\n'.repeat(99), ...warnings, problem(at(90, 1, 1)));
  expect(shown.match(/warning\[/g)).toHaveLength(49);
  expect(shown.match(/error\[/g)).toHaveLength(1);
  expect(shown).toContain('\n… and 11 more\n1 error, 60 warnings\n');
});

test('hostile names and messages cannot act on the terminal', () => {
  const shown = render('a', problem(at(1, 1, 1, 'x\u001b[2J.yaml'), { message: 'b\u0007', hint: 'c\u009b' }));
  expect(shown).toContain('x␛[2J.yaml:1:1: error[unknown-attribute]: b␇');
  expect(shown).toContain('hint: c�');
});

test('colour adds escape codes and no text', () => {
  const diagnostics = [problem(at(1, 1, 1), { hint: 'x', related: [{ message: 'y', span: at(1, 1, 1) }] })];
  const texts = new Map([['compose.yaml', 'a: 1']]);
  const coloured = renderDiagnostics(diagnostics, texts, { hasColor: true });
  expect(coloured).toContain('\u001b[31m');
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderDiagnostics(diagnostics, texts, { hasColor: false }));
});

test('no diagnostics print nothing', () => {
  expect(render('a: 1')).toBe('');
});

test('as JSON every diagnostic carries its place', () => {
  const related = [{ message: 'first declared here', span: at(1, 1, 1) }];
  expect(JSON.parse(diagnosticsToJson([problem(at(3, 5, 6), { related })]))).toEqual({
    errors: 1,
    warnings: 0,
    diagnostics: [
      {
        code: 'unknown-attribute',
        severity: 'error',
        message: 'a service has no attribute "imagee"',
        file: 'compose.yaml',
        line: 3,
        column: 5,
        length: 6,
        related: [{ message: 'first declared here', file: 'compose.yaml', line: 1, column: 1, length: 1 }],
      },
    ],
  });
});
