import { expect, test } from 'vitest';
import { renderTemplate } from '../../../src/cli/list/template.ts';

const rows = [
  { Name: 'shop-web-1', State: 'running', ExitCode: 0, Publishers: [{ TargetPort: 80 }] },
  { Name: 'shop-db-1', State: 'exited', ExitCode: 1, Publishers: [] },
];
const known = ['Name', 'State', 'ExitCode', 'Publishers'];

test('fields stand where the template names them', () => {
  expect(renderTemplate('{{.Name}}: {{ .State }} ({{.ExitCode}})', rows, known)).toBe(
    'shop-web-1: running (0)\nshop-db-1: exited (1)\n',
  );
});

test('json prints a field or the whole row', () => {
  expect(renderTemplate('{{json .Publishers}}', rows, known)).toBe('[{"TargetPort":80}]\n[]\n');
  expect(renderTemplate('{{json .}}', rows.slice(1), known)).toBe(
    '{"Name":"shop-db-1","State":"exited","ExitCode":1,"Publishers":[]}\n',
  );
});

test('table aligns columns under headings', () => {
  expect(renderTemplate('table {{.Name}}\\t{{.ExitCode}}', rows, known)).toBe(
    'NAME         EXIT CODE\nshop-web-1   0\nshop-db-1    1\n',
  );
});

test('a field that does not exist is refused with those that do', () => {
  expect(() => renderTemplate('{{.Nmae}}', rows, known)).toThrow('the template has no field Nmae');
});

test('functions of Go templates are refused, not printed as they stand', () => {
  expect(() => renderTemplate('{{range .Publishers}}x{{end}}', rows, known)).toThrow('is not understood');
});

test('a name with control characters cannot act on the terminal', () => {
  expect(renderTemplate('{{.Name}}', [{ Name: 'a\u001b[2Jb' }], known)).not.toContain('\u001b');
});
