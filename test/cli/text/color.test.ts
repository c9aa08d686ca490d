import { expect, test } from 'vitest';
import { type ColorQuestion, colorsFor, decideColor } from '../../../src/cli/text/color.ts';

const decide = (
  environment: ColorQuestion['environment'],
  { ansi, isTTY = true }: { readonly ansi?: ColorQuestion['ansi']; readonly isTTY?: boolean } = {},
): boolean => decideColor({ ansi, environment, stream: { isTTY } });

test('a terminal has colours and a pipe has none', () => {
  expect(decide({ TERM: 'xterm' })).toBe(true);
  expect(decide({ TERM: 'xterm' }, { isTTY: false })).toBe(false);
});

test('a dumb terminal has no colours', () => {
  expect(decide({ TERM: 'dumb' })).toBe(false);
});

test.each([
  ['--ansi always over NO_COLOR', { NO_COLOR: '1' }, { ansi: 'always' }, true],
  ['--ansi never over FORCE_COLOR', { FORCE_COLOR: '1' }, { ansi: 'never' }, false],
  ['NO_COLOR over FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, {}, false],
  ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, {}, true],
  ['FORCE_COLOR over a pipe', { FORCE_COLOR: '1' }, { isTTY: false }, true],
  ['FORCE_COLOR=0 over a terminal', { FORCE_COLOR: '0' }, {}, false],
  ['FORCE_COLOR=0 over CLICOLOR_FORCE', { FORCE_COLOR: '0', CLICOLOR_FORCE: '1' }, {}, false],
  ['CLICOLOR_FORCE over a pipe', { CLICOLOR_FORCE: '1' }, { isTTY: false }, true],
  ['CLICOLOR_FORCE=0 says nothing', { CLICOLOR_FORCE: '0' }, { isTTY: false }, false],
] as const)('%s', (_, environment, options, expected) => {
  expect(decide(environment, options)).toBe(expected);
});

test('colours that are off leave text as it is', () => {
  expect(colorsFor(false).red('x')).toBe('x');
  expect(colorsFor(true).red('x')).toBe('\u001b[31mx\u001b[39m');
});
