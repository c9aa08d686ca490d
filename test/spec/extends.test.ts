import { describe, expect, test } from 'vitest';

import { at, findings, load, modelOf } from './support/model.ts';

describe('extends', () => {
  test('merges the other service under this one', () => {
    const model = modelOf(`services:
  base: {image: base, environment: {A: 1}, ports: ["80:80"]}
  web: {extends: base, environment: [A=2, B=3]}
`);
    expect(at(model, 'services', 'web')).toMatchObject({
      image: 'base',
      environment: { A: '2', B: '3' },
      ports: [{ target: 80 }],
    });
  });

  test('follows a chain of services', () => {
    const model = modelOf(`services:
  c: {extends: b, labels: {c: 3}}
  b: {extends: {service: a}, labels: {b: 2}}
  a: {image: a, labels: {a: 1}}
`);
    expect(at(model, 'services', 'c')).toMatchObject({ image: 'a', labels: { a: '1', b: '2', c: '3' } });
  });

  test('takes paths of another file from the folder of that file', () => {
    const model = modelOf({
      'stack.yaml': 'services: {web: {extends: {file: sub/base.yaml, service: base}, volumes: ["./mine:/mine"]}}\n',
      'sub/base.yaml':
        'services: {base: {extends: {file: ../top.yaml, service: top}, build: ./ctx, volumes: ["./data:/data"]}}\n',
      'top.yaml': 'services: {top: {image: top, volumes: ["./t:/t"]}}\n',
    });
    expect(at(model, 'services', 'web')).toMatchObject({
      image: 'top',
      build: { context: '/app/sub/ctx' },
      volumes: [
        { source: '/app/t', target: '/t' },
        { source: '/app/sub/data', target: '/data' },
        { source: '/app/mine', target: '/mine' },
      ],
    });
  });

  test('fills in variables of the other file', () => {
    const files = {
      'stack.yaml': 'services: {web: {extends: {file: base.yaml, service: base}}}\n',
      'base.yaml': 'services: {base: {image: "app:$TAG"}}\n',
    };
    expect(at(modelOf(files, { environment: { TAG: '2' } }), 'services', 'web', 'image')).toBe('app:2');
  });

  test('!reset and !override of this service act on the other', () => {
    const model = modelOf({
      'stack.yaml': `services:
  web:
    extends: {file: base.yaml, service: base}
    ports: !reset []
    environment: !override {B: 2}
`,
      'base.yaml': 'services: {base: {image: a, ports: ["80:80"], environment: {A: 1}}}\n',
    });
    expect(at(model, 'services', 'web', 'ports')).toBeUndefined();
    expect(at(model, 'services', 'web', 'environment')).toEqual({ B: '2' });
  });

  test('a cycle is told with each of its places', () => {
    const loaded = load('services:\n  a: {image: x, extends: b}\n  b: {image: x, extends: c}\n  c: {extends: a}\n');
    const [cycle] = loaded.ok ? [] : loaded.diagnostics;
    expect(cycle).toMatchObject({ code: 'extends-cycle', message: 'services extend each other: a → b → c → a' });
    expect(cycle?.related.map(({ span }) => span.line)).toEqual([2, 3, 4]);
  });

  test('a service that does not exist is told with the nearest name', () => {
    const loaded = load('services:\n  base: {image: x}\n  web: {image: x, extends: {service: bas}}\n');
    expect(loaded.ok ? [] : loaded.diagnostics).toMatchObject([
      { code: 'unknown-service', span: { line: 3, column: 38 }, hint: 'did you mean "base"?' },
    ]);
  });

  test('a file that does not exist is told where it is named', () => {
    expect(findings('services:\n  web:\n    extends: {file: nope.yaml, service: a}\n')).toContain(
      '3:21 unreadable-file',
    );
  });

  test('a mistake in the other file is told there', () => {
    const files = {
      'stack.yaml': 'services: {web: {extends: {file: base.yaml, service: base}}}\n',
      'base.yaml': 'services:\n  base:\n    image: a\n    ports: ["80:x"]\n',
    };
    expect(findings(files)).toContain('base.yaml:4:13 bad-port');
  });

  test('chains of a hundred services end the search', () => {
    const links = Array.from({ length: 150 }, (_, index) => `  s${index}: {image: a, extends: s${index + 1}}\n`);
    expect(findings(`services:\n${links.join('')}  s150: {image: a}\n`).join()).toContain('too-deep');
  });
});
