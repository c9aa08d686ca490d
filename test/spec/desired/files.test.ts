import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import type { FileMount } from '../../../src/model/container.ts';
import type { Desired } from '../../../src/model/desired.ts';
import { loadTexts } from '../support/load.ts';

type Texts = Readonly<Record<string, string>>;

function load(
  text: string,
  change: { readonly project?: string; readonly files?: Texts; readonly environment?: Texts } = {},
): Desired {
  const { project = 'shop', files = {}, environment = {} } = change;
  const loaded = loadTexts({ 'stack.yaml': text, ...files }, { projectName: project }, environment);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  return loaded.value.desired;
}

const web = (lines: string, rest: string): string =>
  `services:\n  web:\n    image: nginx\n${lines.replaceAll(/^/gm, '    ')}\n${rest}`;

const filesOf = ({ services }: Desired): readonly FileMount[] => services[0]?.container.files ?? [];
const fromFile = 'secrets:\n  token: {file: ./token.txt}\nconfigs:\n  main: {file: ./main.conf}\n';
const files = { 'token.txt': 'hunter2', 'main.conf': 'a=b' };

describe('place', () => {
  test.each([
    ['secrets: [token]', '/run/secrets/token'],
    ['secrets: [{source: token, target: api}]', '/run/secrets/api'],
    ['secrets: [{source: token, target: /etc/api}]', '/etc/api'],
    ['configs: [main]', '/main'],
    ['configs: [{source: main, target: /etc/main}]', '/etc/main'],
    ['configs: [{source: main, target: other}]', '/other'],
  ])('%s stands at %s', (lines, target) => {
    expect(filesOf(load(web(lines, fromFile), { files }))).toMatchObject([{ target }]);
  });
});

describe('delivery', () => {
  test('a file without owner and mode is mounted, and shows as readable for all', () => {
    expect(filesOf(load(web('secrets: [token]', fromFile), { files }))).toMatchObject([
      { delivery: 'bind', path: '/app/token.txt', uid: 0, gid: 0, mode: 0o444 },
    ]);
  });

  test.each(['uid: "10"', 'gid: "10"', 'mode: 0444'])('a file with %s is copied', (field) => {
    expect(filesOf(load(web(`secrets: [{source: token, ${field}}]`, fromFile), { files }))).toMatchObject([
      { delivery: 'copy', path: undefined },
    ]);
  });

  test.each([
    ['secret', 'secrets', 'environment: TOKEN'],
    ['config', 'configs', 'environment: TOKEN'],
    ['config', 'configs', 'content: hunter2'],
  ])('a %s below %s with %s is copied, readable for all unless it says otherwise', (_, section, source) => {
    const text = web(
      `${section}: [a, {source: a, target: /b, uid: "7", gid: "8", mode: "0400"}]`,
      `${section}:\n  a: {${source}}\n`,
    );
    const desired = load(text, { environment: { TOKEN: 'hunter2' } });

    expect(filesOf(desired).toSorted((a, b) => a.uid - b.uid)).toMatchObject([
      { delivery: 'copy', uid: 0, gid: 0, mode: 0o444 },
      { delivery: 'copy', uid: 7, gid: 8, mode: 0o400 },
    ]);
    expect(desired.contents.get(filesOf(desired)[0]?.digest ?? '')).toEqual(new TextEncoder().encode('hunter2'));
  });

  test('a variable of .env is content too', () => {
    const text = web('secrets: [a]', 'secrets:\n  a: {environment: TOKEN}\n');
    const desired = load(text, { files: { '.env': 'TOKEN=from-file' } });

    expect([...desired.contents.values()]).toEqual([new TextEncoder().encode('from-file')]);
  });

  test('each included file takes contents from variables of its own, the including one in front', () => {
    const part = (name: string): Readonly<Record<string, string>> => ({
      [`${name}/part.yaml`]: `services:\n  ${name}: {image: a, secrets: [${name}, shared-${name}]}\nsecrets:\n  ${name}: {environment: OWN}\n  shared-${name}: {environment: SHARED}\n`,
      [`${name}/.env`]: `OWN=of ${name}\nSHARED=of ${name}\n`,
    });
    const desired = load('include: [one/part.yaml, two/part.yaml]\nservices: {}\n', {
      files: { ...part('one'), ...part('two'), '.env': 'SHARED=of all' },
    });

    expect([...desired.contents.values()].map((bytes) => new TextDecoder().decode(bytes)).toSorted()).toEqual([
      'of all',
      'of all',
      'of one',
      'of two',
    ]);
  });
});

describe('digests', () => {
  const secretDigest = (project: string, name: string, value: string): string | undefined =>
    filesOf(
      load(web(`secrets: [${name}]`, `secrets:\n  ${name}: {environment: TOKEN}\n`), {
        project,
        environment: { TOKEN: value },
      }),
    )[0]?.digest;

  test('a config has the one that its text has anywhere', () => {
    const [file] = filesOf(load(web('configs: [main]', fromFile), { files }));

    expect(file?.digest).toBe(createHash('sha256').update('a=b').digest('hex'));
  });

  test('the same secret has the same, time after time', () => {
    expect(secretDigest('shop', 'a', 'hunter2')).toBe(secretDigest('shop', 'a', 'hunter2'));
  });

  test('one value differs by project and name, so that equal secrets do not show', () => {
    const digests = [
      secretDigest('shop', 'a', 'hunter2'),
      secretDigest('shop', 'b', 'hunter2'),
      secretDigest('blog', 'a', 'hunter2'),
    ];

    expect(new Set(digests).size).toBe(3);
  });

  test('a secret is never known by a plain hash of its value', () => {
    const plain = ['sha256', 'sha1', 'md5', 'sha512'].map((name) => createHash(name).update('hunter2').digest('hex'));

    expect(plain.some((hash) => hash.startsWith(secretDigest('shop', 'a', 'hunter2') ?? ''))).toBe(false);
  });

  test('what is asked for twice is read once', () => {
    const desired = load(web('secrets: [token, {source: token, target: again}]', fromFile), { files });

    expect(desired.contents.size).toBe(1);
  });

  test('what no service uses is not read', () => {
    expect(load(web('', fromFile)).contents.size).toBe(0);
  });
});
