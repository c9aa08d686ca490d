import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

import type { Diagnostic, Span } from '../../src/model/diagnostic.ts';
import { loadTexts, readExample } from './support/load.ts';

const examples = `${import.meta.dirname}/../bad-input`;

/**
 * Every example of a file that is wrong or doubtful, with all that is said of it: `line:column+length code`
 * and the other places it points to, in the order of the file. A stack with warnings only loads.
 */
const expected: readonly (readonly [example: string, findings: readonly string[]])[] = [
  ['03-comment', ['1:1+1 empty-file']],
  ['03-empty', ['1:1+1 empty-file']],
  ['03-list', ['1:1+2 not-a-mapping']],
  ['03-null', ['1:1+1 empty-file']],
  ['03-text', ['1:1+3 not-a-mapping']],
  ['07-tab', ['2:1+1 yaml-syntax', '3:1+2 yaml-syntax']],
  ['08-indentation', ['4:1+1 yaml-syntax']],
  ['08-missing-colon', ['2:3+3 yaml-syntax']],
  ['08-unclosed-bracket', ['5:1+1 yaml-syntax (4:12)']],
  ['08-unclosed-quote', ['5:1+1 yaml-syntax (3:12)']],
  ['09-duplicate-key', ['4:5+5 duplicate-key (3:5)']],
  ['11-billion-laughs', ['6:10+2 too-many-nodes']],
  ['12-alias-to-itself', ['4:13+4 alias-cycle']],
  ['12-dotted-repeat', ['2:3+9 alias-cycle (4:3)', '5:3+10 alias-cycle (4:3)']],
  ['12-unknown-alias', ['2:8+5 unknown-alias']],
  ['15-tag', ['3:26+16 unknown-tag']],
  ['16-directive', ['1:1+9 yaml-directive']],
  ['17-constructor', []],
  ['17-prototype-names', ['2:3+9 reserved-name']],
  ['18-list-key', ['2:5+3 non-string-key']],
  ['18-null-key', ['4:5+1 non-string-key']],
  ['18-number-key', ['2:3+1 non-string-key']],
  ['19-infinite', ['4:16+4 wrong-type', '5:11+4 wrong-type', '6:17+5 wrong-type']],
  ['20-decimal-mode', ['6:15+3 warning changed-by-yaml']],
  ['21-changed-number', ['5:16+4 warning changed-by-yaml', '6:18+4 warning changed-by-yaml']],
  ['21-sexagesimal-port', ['5:9+5 warning changed-by-yaml']],
  ['21-yes', ['4:17+2 warning yaml-boolean', '5:10+3 warning yaml-boolean']],
  ['22-misplaced-key', ['4:5+8 unknown-key', '5:1+11 unknown-key']],
  ['22-unknown-key', ['3:5+5 unknown-key']],
  ['23-no-image', ['2:3+3 no-image']],
  ['24-replicas', ['5:17+6 wrong-type', '9:17+2 out-of-range', '13:17+3 wrong-type']],
  ['24-too-many-replicas', ['5:17+10 out-of-range']],
  ['24-wrong-type', ['4:12+2 wrong-type', '5:14+2 wrong-type', '6:18+3 wrong-type', '7:5+6 wrong-type']],
  ['25-service-name-dash', ['2:3+2 bad-name', '4:3+2 bad-name', '6:3+64 bad-name']],
  ['25-service-names', ['2:3+4 bad-name', '4:3+2 bad-name']],
  ['26-project-name', []],
  ['27-fixed-name', ['4:5+14 fixed-container-name (6:17)']],
  ['27-same-name', ['7:21+3 duplicate-container-name (4:21)']],
  ['28-cycle', ['4:18+1 dependency-cycle (7:18, 11:7)']],
  ['28-disabled', ['4:18+5 disabled-service']],
  ['28-self', ['5:9+3 dependency-cycle']],
  ['28-unknown-service', ['4:18+7 unknown-service']],
  ['29-never-completes', ['6:20+30 warning never-completes (9:14)']],
  ['29-no-healthcheck', ['6:20+15 no-healthcheck (10:7)']],
  [
    '30-unknown-names',
    ['4:16+5 unknown-network', '5:15+12 unknown-volume', '6:15+5 unknown-secret', '7:15+8 unknown-config'],
  ],
  ['30-unused', ['5:3+4 warning unused', '7:3+4 warning unused']],
  ['31-host-ports', ['5:5+5 warning ports-without-network (4:5)']],
  ['31-network-mode', ['5:5+8 conflicting-attributes (4:5)']],
  ['31-shared-cycle', ['4:19+9 dependency-cycle (7:19)']],
  ['32-long-ports', ['5:17+1 out-of-range', '7:20+5 out-of-range', '9:20+5 bad-value', '10:9+13 missing-key']],
  ['32-port-zero', ['5:9+1 bad-port', '6:9+8 bad-port']],
  [
    '32-ports',
    [
      '5:9+5 bad-port',
      '6:9+1 bad-port',
      '7:9+2 bad-port',
      '8:9+5 bad-port',
      '10:9+6 bad-port',
      '11:9+11 bad-port',
      '12:9+15 bad-port',
      '13:9+7 bad-port',
      '14:9+17 bad-port',
    ],
  ],
  ['33-port-twice', ['4:24+9 port-claimed-twice (4:13)']],
  ['33-replicas', ['4:13+13 warning port-claimed-twice (6:17)']],
  ['33-same-port', ['7:13+9 warning port-claimed-twice (4:13)']],
  ['34-host-ip', ['5:9+17 bad-port', '6:9+12 bad-port']],
  ['34-host-ip-long', ['6:18+9 bad-port']],
  [
    '35-images',
    [
      '3:12+13 bad-image',
      '5:12+4 bad-image',
      '7:12+6 bad-image',
      '9:12+11 bad-image',
      '11:12+302 bad-image',
      '13:12+5 bad-image',
      '15:12+8 bad-image',
    ],
  ],
  [
    '36-durations',
    [
      '4:24+4 bad-duration',
      '7:24+2 bad-duration',
      '10:24+3 bad-duration',
      '13:24+4 bad-duration',
      '16:24+9 bad-duration',
    ],
  ],
  ['36-sizes', ['4:16+4 bad-size', '7:16+3 bad-size', '10:16+5 bad-size']],
  ['37-cpus', ['4:11+2 out-of-range']],
  ['37-memory', ['4:16+2 out-of-range', '8:22+4 out-of-range (7:16)']],
  ['37-too-few-cpus', ['4:11+8 out-of-range', '10:17+7 out-of-range']],
  ['37-twice', ['4:16+3 conflicting-attributes (8:19)']],
  ['38-empty-test', ['5:13+2 warning bad-healthcheck']],
  [
    '38-healthcheck',
    [
      '5:13+8 bad-healthcheck',
      '10:17+2 warning zero-is-default',
      '11:16+1 warning zero-is-default',
      '17:16+3 warning timeout-over-interval',
    ],
  ],
  ['39-restart', ['4:14+9 bad-value', '7:14+13 bad-value', '10:14+8 bad-value']],
  [
    '40-unknown-words',
    ['4:15+10 warning unknown-capability', '5:15+21 warning bad-value', '8:15+2 out-of-range (9:15)'],
  ],
  ['41-options', ['5:9+12 warning ignored-option']],
  ['41-same-target', ['5:19+14 duplicate-target (5:13)']],
  ['41-targets', ['5:9+10 warning bad-target', '6:9+8 bad-target']],
  ['41-volumes', ['6:9+7 bad-mount']],
  [
    '42-subnets',
    [
      '9:19+11 bad-subnet',
      '13:19+11 warning bad-subnet',
      '18:20+8 bad-subnet (17:19)',
      '22:19+13 overlapping-subnets (17:19)',
    ],
  ],
  ['43-extends-cycle', ['3:14+31 extends-cycle (3:14, base.yaml:4:14)']],
  ['43-extends-missing', ['4:13+9 unreadable-file']],
  ['43-extends-self', ['3:14+3 extends-cycle (3:14)']],
  ['43-extends-service', ['3:14+4 unknown-service']],
  ['43-include-missing', ['1:11+10 unreadable-file']],
  ['43-include-self', ['1:11+10 include-cycle']],
  [
    '44-ignored',
    [
      '4:5+7 warning ignored-attribute',
      '6:5+18 warning ignored-attribute',
      '8:7+13 warning ignored-attribute',
      '9:7+6 warning ignored-attribute',
    ],
  ],
  ['44-not-in-schema', ['4:5+13 unknown-key']],
  ['44-pre-start', ['4:5+9 unsupported-attribute']],
  ['45-reserved-label', ['5:7+10 reserved-label', '6:7+26 reserved-label']],
  ['46-constraint', ['6:23+10 warning bad-constraint', '6:59+16 unknown-constraint']],
  ['47-start-first', ['7:16+11 warning start-first-with-port (4:13)']],
  ['47-update', ['6:16+5 bad-value', '7:22+2 out-of-range']],
  ['49-unset', ['3:12+23 bad-image', '3:18+17 warning unset-variable']],
  ['50-deep', ['3:69+240 bad-variable']],
  [
    '50-templates',
    [
      '3:19+3 bad-variable',
      '5:19+3 bad-variable',
      '7:19+5 bad-variable',
      '9:19+12 required-variable',
      '11:19+13 bad-variable',
    ],
  ],
  ['51-no-injection', []],
  ['53-env-file', ['bad.env:2:3+1 bad-env-file', 'twice.env:2:1+1 warning duplicate-variable (twice.env:1:1)']],
  ['53-env-file-missing', ['4:15+11 unreadable-file']],
  ['55-secret', ['5:28+7 warning secret-in-environment']],
  ['56-include-outside', ['part/stack.yaml:7:11+19 outside-folder']],
  ['58-remote-include', ['2:5+23 remote-file', '3:5+30 remote-file']],
  ['59-context', ['3:12+9 warning missing-folder']],
  ['59-dockerfile', ['5:19+5 warning missing-file', '7:12+12 warning not-a-folder', '9:12+10 warning missing-folder']],
  ['59-two-dockerfiles', ['6:7+17 conflicting-attributes (5:7)']],
  ['61-bind-missing', ['6:17+9 warning missing-folder']],
  [
    '62-host-folders',
    ['5:9+7 warning elevated-rights', '6:9+14 warning elevated-rights', '7:9+44 warning engine-socket'],
  ],
  [
    '63-elevated',
    [
      '4:17+4 warning elevated-rights',
      '5:10+4 warning elevated-rights',
      '6:18+4 warning elevated-rights',
      '7:15+3 warning elevated-rights',
      '8:20+20 warning elevated-rights',
      '9:15+8 warning elevated-rights',
    ],
  ],
  ['64-secret-empty', ['7:11+11 warning empty-file', '9:11+8 unreadable-file']],
  ['64-secret-external', ['7:15+4 external-secret']],
  ['64-secret-missing', ['7:11+13 missing-file']],
  ['64-secret-unset', ['7:18+15 missing-variable']],
  ['64-secret-without-source', ['6:3+5 missing-key', '9:5+11 conflicting-attributes (8:5)']],
  ['65-targets', ['6:17+7 bad-target', '9:17+11 bad-target']],
];

function brief({ code, severity, span, related }: Diagnostic): string {
  const word = severity === 'warning' ? 'warning ' : '';
  const others = related.length === 0 ? '' : ` (${related.map((other) => placeOf(other.span)).join(', ')})`;
  return `${placeOf(span)}+${span.length} ${word}${code}${others}`;
}

function placeOf({ file, line, column }: Span): string {
  return `${file === 'stack.yaml' ? '' : `${file}:`}${line}:${column}`;
}

const inOrder = new Intl.Collator('en', { numeric: true }).compare;

test.each(expected)('%s', (example, findings) => {
  const loaded = loadTexts(readExample(`${examples}/${example}`), {}, { TOKEN: 'x' });
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;

  expect(diagnostics.map(brief).toSorted(inOrder)).toEqual(findings);
  expect(loaded.ok).toBe(findings.every((finding) => finding.includes(' warning ')));
});

test('every example is in the table', () => {
  const names = readdirSync(examples).map((name) => name.replace(/\.yaml$/, ''));

  expect(expected.map(([name]) => name).toSorted()).toEqual(names.toSorted());
});

test('every finding speaks in full: a message, and places that are in a file', () => {
  for (const [example] of expected) {
    const loaded = loadTexts(readExample(`${examples}/${example}`), {}, { TOKEN: 'x' });
    for (const { code, message, span, related } of loaded.ok ? loaded.warnings : loaded.diagnostics) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(message).not.toMatch(/undefined|\[object|[.!]$/);
      for (const { file, line, column, length } of [span, ...related.map((place) => place.span)]) {
        expect(loaded.texts.has(file)).toBe(true);
        expect(Math.min(line, column, length)).toBeGreaterThanOrEqual(1);
      }
    }
  }
});

const web = 'services:\n  web:\n    image: nginx\n';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ['more than 1 MiB', web + `# ${'x'.repeat(2 ** 20)}`, ['1:1+1 file-too-large']],
  ['no UTF-8', Uint8Array.of(...encode(web), 0x78, 0x3a, 0xff), ['4:3+1 not-utf8']],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, ...encode(web)), ['1:1+1 not-utf8']],
  ['a control character', 'services:\n  web:\n    image: "a\u0007b"\n', ['3:14+1 invisible-character']],
  ['text that runs backwards', 'services:\n  web:\n    image: a\u202eb\n', ['3:13+1 invisible-character']],
])('a file with %s is refused', (_, text, findings) => {
  const loaded = loadTexts({ 'stack.yaml': text });

  expect(loaded.ok ? [] : loaded.diagnostics.map(brief)).toEqual(findings);
});

test.each([
  ['lists in lists', '['.repeat(5_000)],
  ['mappings in mappings', '{a: '.repeat(5_000)],
  ['dashes', '- '.repeat(5_000)],
  ['question marks', '? '.repeat(400)],
  ['indented levels', Array.from({ length: 1_000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
])('%s without end are refused in no time', (_, text) => {
  const start = performance.now();
  const loaded = loadTexts({ 'stack.yaml': text });

  expect(loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code)).toContain('too-deep');
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('a chain of many services is walked without a stack of its depth', () => {
  const count = 8_000;
  const services = Array.from({ length: count }, (_, index) => {
    const next = index + 1 < count ? ` depends_on: [s${index + 1}],` : '';
    return `  s${index}: {${next} image: a}`;
  });
  const loaded = loadTexts({ 'stack.yaml': `services:\n${services.join('\n')}\n` });

  expect(loaded.ok || loaded.diagnostics.every(({ code }) => code.startsWith('too-many'))).toBe(true);
});
