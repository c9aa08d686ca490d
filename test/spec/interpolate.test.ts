import { describe, expect, test } from 'vitest';

import { findings, load, modelOf, stackWith, web } from './support/model.ts';

const variables = { SET: 'value', EMPTY: '', DOLLAR: '$SET', NUMBER: '3' };

function filled(text: string): unknown {
  return web(`hostname: '${text}'`, { environment: variables });
}

describe('variables', () => {
  test.each([
    ['$SET-x', 'value-x'],
    ['${SET}x', 'valuex'],
    ['${UNSET:-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${UNSET-d}', 'd'],
    ['a${EMPTY-d}', 'a'],
    ['${SET:+alt}', 'alt'],
    ['a${EMPTY:+alt}', 'a'],
    ['${EMPTY+alt}', 'alt'],
    ['a${UNSET+alt}', 'a'],
    ['${SET:?message}', 'value'],
    ['a${EMPTY?message}', 'a'],
    ['${UNSET:-${ALSO:-$SET}}', 'value'],
    ['${UNSET:-{"a":{}}}', '{"a":{}}'],
    ['${UNSET-a:-b}', 'a:-b'],
    ['${SET:-${UNSET:?never asked}}', 'value'],
  ])('%s is %s', (text, value) => {
    expect(filled(text)).toMatchObject({ hostname: value });
  });

  test('a value is not expanded again, and what is printed loads again', () => {
    expect(filled('$DOLLAR')).toMatchObject({ hostname: '$$SET' });
  });

  test('two dollar signs are one, and one before anything else stands for itself', () => {
    expect(filled('$$SET ^a$ $1 $(x)')).toMatchObject({ hostname: '$$SET ^a$$ $$1 $$(x)' });
  });

  test('a variable that is not set is a blank, with a warning at the dollar sign', () => {
    expect(findings(stackWith('hostname: a$UNSET-b'))).toEqual(['4:16 unset-variable']);
  });

  test('the warning finds its line in text over several lines', () => {
    expect(findings(stackWith('command: |\n  echo a\n  echo $UNSET'))).toContain('6:12 unset-variable');
  });

  test.each(['${', '${A', '${}', '${ A}', '${A }', '${A!}', '${A/x/y}', '${1A}'])('%s is no variable', (text) => {
    expect(findings(stackWith(`hostname: 'x${text}'`))).toEqual(['4:17 bad-variable']);
  });

  test('a variable that is required and missing says why', () => {
    const loaded = load(stackWith('hostname: ${NAME:?set a name}'));
    expect(loaded.ok ? [] : loaded.diagnostics).toMatchObject([
      { code: 'required-variable', message: 'the variable NAME is required: set a name' },
    ]);
  });

  test('one that is set to a blank names the line that did it', () => {
    const loaded = load({ 'stack.yaml': stackWith('hostname: ${NAME:?}'), '.env': 'A=1\nNAME=\n' });
    const related = loaded.ok ? [] : loaded.diagnostics.flatMap((diagnostic) => diagnostic.related);
    expect(related).toMatchObject([{ span: { file: '.env', line: 2, column: 1 } }]);
  });

  test('all of them are told at once, and other mistakes too', () => {
    const text = stackWith('hostname: ${A:?}\ndomainname: ${B:?}\nimgae: x');
    expect(findings(text)).toEqual(['4:15 required-variable', '5:17 required-variable', '6:5 unknown-key']);
  });

  test('keys are left as they are', () => {
    expect(web('labels: {"$SET": $SET}', { environment: variables })).toMatchObject({ labels: { $$SET: 'value' } });
  });

  test('a value can hold YAML without becoming any', () => {
    expect(web('hostname: $X', { environment: { X: 'a: [b' } })).toMatchObject({ hostname: 'a: [b' });
  });

  test('text becomes the number or boolean that its place wants', () => {
    const lines = 'privileged: "${YES}"\nscale: "$NUMBER"\nports: [{target: "$NUMBER"}]\ncpus: "0.5"';
    expect(web(lines, { environment: { ...variables, YES: 'true' } })).toMatchObject({
      privileged: true,
      scale: 3,
      ports: [{ target: 3 }],
      cpus: 0.5,
    });
  });

  test('text that is none is refused', () => {
    expect(findings(stackWith('scale: $SET'), { environment: variables })).toEqual(['4:12 wrong-type']);
  });

  test('nesting ends at ten levels', () => {
    const nested = `${'${A:-'.repeat(11)}x${'}'.repeat(11)}`;
    expect(findings(stackWith(`hostname: '${nested}'`)).join()).toContain('bad-variable');
  });

  test('variables that are used are listed with their defaults', () => {
    const model = modelOf(stackWith('hostname: ${B:-x}\ndomainname: ${A:?}${C:+y}'), { environment: { A: '1' } });
    expect(model.variables).toMatchObject([
      { name: 'A', isRequired: true },
      { name: 'B', isRequired: false, defaultValue: 'x' },
      { name: 'C', alternative: 'y' },
    ]);
  });

  test('nothing is filled in where that is left out', () => {
    const model = modelOf(stackWith('hostname: ${A:-x}'), { request: { skip: new Set(['interpolation']) } });
    expect(model.model).toMatchObject({ services: { web: { hostname: '${A:-x}' } } });
  });
});
