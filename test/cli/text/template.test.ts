import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRows, type TemplateRow } from '../../../src/cli/text/template.ts';

const headers = new Map([
  ['Name', 'NAME'],
  ['Image', 'IMAGE'],
  ['Labels', 'LABELS'],
  ['Networks', 'NETWORKS'],
  ['Label', 'LABEL'],
]);

const rows: readonly TemplateRow[] = [
  {
    Name: 'wp-web-1',
    Image: 'nginx',
    Labels: { tier: 'front' },
    Networks: ['a', 'b'],
    Label: (key: unknown) => (key === 'tier' ? 'front' : ''),
  },
  { Name: 'wp-db-1', Image: 'mysql:9', Labels: {}, Networks: [] },
];

const format = (text: string, own = rows): string => {
  const result = formatRows(text, own, headers);
  return result.ok ? result.value : `error: ${result.error}`;
};

test.each([
  ['{{.Name}}', 'wp-web-1\nwp-db-1\n'],
  ['{{ .Name }} uses {{.Image}}', 'wp-web-1 uses nginx\nwp-db-1 uses mysql:9\n'],
  ['{{.Name}}\\t{{.Image}}', 'wp-web-1\tnginx\nwp-db-1\tmysql:9\n'],
  ['{{json .Name}}', '"wp-web-1"\n"wp-db-1"\n'],
  ['{{json .Labels}}', '{"tier":"front"}\n{}\n'],
  ['{{.Name | upper}}', 'WP-WEB-1\nWP-DB-1\n'],
  ['{{.Image | upper | json}}', '"NGINX"\n"MYSQL:9"\n'],
  ['{{join .Networks ","}}', 'a,b\n\n'],
  ['{{truncate .Name 5}}', 'wp-we\nwp-db\n'],
  ['{{len .Networks}}', '2\n0\n'],
  ['{{.Networks}}', '[a b]\n[]\n'],
  ['{{.Labels.tier}}', 'front\n\n'],
  ['{{.Label "tier"}}', 'front\n\n'],
  ['{{.Label `tier`}}', 'front\n\n'],
  ['{{"a \\"b\\""}}', 'a "b"\na "b"\n'],
  ['plain', 'plain\nplain\n'],
])('%s', (template, text) => {
  expect(format(template)).toBe(text);
});

test('a table has the titles of its fields', () => {
  expect(format('table {{.Name}}\\t{{.Image | upper}}')).toBe(
    ['NAME       IMAGE', 'wp-web-1   NGINX', 'wp-db-1    MYSQL:9', ''].join('\n'),
  );
});

test('a table of nothing still has its titles', () => {
  expect(format('table {{.Name}}\t{{.Image}}', [])).toBe('NAME      IMAGE\n');
});

test('json is one object a line', () => {
  expect(format('json')).toBe(
    [
      '{"Name":"wp-web-1","Image":"nginx","Labels":{"tier":"front"},"Networks":["a","b"]}',
      '{"Name":"wp-db-1","Image":"mysql:9","Labels":{},"Networks":[]}',
      '',
    ].join('\n'),
  );
});

test('{{json .}} is the row', () => {
  expect(format('{{json .}}')).toBe(format('json'));
});

test.each([
  ['{{.Nmae}}', 'there is no field "Nmae"; there are Name, Image, Labels, Networks, Label'],
  ['{{.constructor}}', 'there is no field "constructor"; there are Name, Image, Labels, Networks, Label'],
  [
    '{{shout .Name}}',
    'there is no function "shout"; there are json, lower, upper, title, join, split, truncate, len, println',
  ],
  [
    '{{if .Name}}x{{end}}',
    'there is no function "if"; there are json, lower, upper, title, join, split, truncate, len, println',
  ],
  ['{{.Name', '"{{" is not closed in "{{.Name"'],
  ['{{}}', '"{{}}" says nothing'],
  ['{{.Name | }}', '"{{.Name | }}" says nothing'],
  ['{{$x}}', 'cannot read "{{$x}}": only fields and functions are understood'],
  ['{{.Name upper}}', 'cannot read "{{.Name upper}}": "upper" is not expected there'],
])('%s is refused', (template, message) => {
  expect(format(template)).toBe(`error: ${message}`);
});

test('a name of every object is no field of a label', () => {
  expect(format('{{.Labels.constructor}}')).toBe('\n\n');
});

test('text of engines cannot act on the terminal', () => {
  const hostile = [{ Name: 'a\u001b[2J', Image: 'b\u0007' }];
  expect(format('{{.Name}} {{json .Image}}', hostile)).toBe('a␛[2J "b\\u0007"\n');
});

test('no template makes it throw', () => {
  const word = fc.constantFrom('{{', '}}', '.Name', '.', 'json', '|', '"', '`', '\\', '-1', ' ', 'range', 'é');
  fc.assert(fc.property(fc.array(word), (words) => typeof format(words.join('')) === 'string'));
});
