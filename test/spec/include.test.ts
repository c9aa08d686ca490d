import { describe, expect, test } from 'vitest';

import { at, findings, load, modelOf } from './support/model.ts';

describe('include', () => {
  test('brings in services and resources of another project, with paths and variables of its own', () => {
    const model = modelOf({
      'stack.yaml': 'include: [sub/db.yaml]\nservices: {web: {image: a, depends_on: [db]}}\n',
      'sub/db.yaml':
        'services: {db: {image: "db:$TAG", volumes: ["./data:/data", "vol:/v"], secrets: [s]}}\nvolumes: {vol: }\nsecrets: {s: {file: ./s}}\n',
      'sub/.env': 'TAG=7\n',
    });
    expect(at(model, 'services', 'db')).toMatchObject({
      image: 'db:7',
      volumes: [{ source: '/app/sub/data' }, { source: 'vol' }],
    });
    expect(at(model, 'secrets', 's', 'file')).toBe('/app/sub/s');
  });

  test('variables of the including project count more', () => {
    const files = {
      'stack.yaml': 'include: [{path: db.yaml, env_file: [one.env, two.env]}]\nservices: {}\n',
      'db.yaml': 'services: {db: {image: "$A-$B-$C"}}\n',
      'one.env': 'A=1\nB=1\nC=1\n',
      'two.env': 'B=2\n',
    };
    expect(at(modelOf(files, { environment: { A: 'os' } }), 'services', 'db', 'image')).toBe('os-2-1');
  });

  test('several paths override each other, from a folder of their own', () => {
    const model = modelOf({
      'stack.yaml': 'include: [{path: [a.yaml, b.yaml], project_directory: other}]\nservices: {}\n',
      'a.yaml': 'services: {db: {image: db, volumes: ["./d:/d"]}}\n',
      'b.yaml': 'services: {db: {hostname: h}}\n',
    });
    expect(at(model, 'services', 'db')).toMatchObject({ hostname: 'h', volumes: [{ source: '/app/other/d' }] });
  });

  test('what the including file says is laid over what it includes', () => {
    const model = modelOf({
      'stack.yaml': 'include: [db.yaml]\nservices: {db: {environment: {B: 2}}}\n',
      'db.yaml': 'services: {db: {image: db, environment: {A: 1, B: 1}}}\n',
    });
    expect(at(model, 'services', 'db')).toMatchObject({ image: 'db', environment: { A: '1', B: '2' } });
  });

  test('a service can extend an included one', () => {
    const model = modelOf({
      'stack.yaml': 'include: [db.yaml]\nservices: {other: {extends: db}}\n',
      'db.yaml': 'services: {db: {image: db}}\n',
    });
    expect(at(model, 'services', 'other', 'image')).toBe('db');
  });

  test('the name of an included project says nothing', () => {
    const model = modelOf({
      'stack.yaml': 'include: [b.yaml]\nservices: {}\n',
      'b.yaml': 'name: other\nservices: {}\n',
    });
    expect(model.project.name).toBe('app');
  });

  test('a cycle is told with its files', () => {
    const loaded = load({ 'stack.yaml': 'include: [a.yaml]\nservices: {}\n', 'a.yaml': 'include: [stack.yaml]\n' });
    expect(loaded.ok ? [] : loaded.diagnostics).toMatchObject([
      {
        code: 'include-cycle',
        message: 'files include each other: stack.yaml → a.yaml → stack.yaml',
        span: { file: 'a.yaml' },
      },
    ]);
  });

  test.each(['oci://registry/app', 'https://host/a.yaml', 'git@github.com:a/b.git'])('%s is refused', (path) => {
    expect(findings(`include: ["${path}"]\nservices: {}\n`)).toEqual(['1:11 remote-file']);
  });

  test('a mistake in an included file is told there', () => {
    const files = { 'stack.yaml': 'include: [db.yaml]\nservices: {}\n', 'db.yaml': 'services:\n  db:\n    imgae: x\n' };
    expect(findings(files)).toContain('db.yaml:3:5 unknown-key');
  });
});
