import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { call, execIn, imageId, removeImage } from '../support/real/api.ts';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

const stackFile = (image: string): string => `
services:
  web: {image: '${image}', command: [sleep, '600'], stop_grace_period: 0s}
`;

/** A folder for `DOCKER_CONFIG`, as `docker login` leaves it. */
async function logIn(registry: string, password: string): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const auth = Buffer.from(`tester:${password}`).toString('base64');
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry]: { auth } } }));
  return { DOCKER_CONFIG: folder };
}

onEachEngine((engine) => {
  // Where test/hosts/hosts puts it.
  const registry = `${engine.address.replace(/\d+$/, '2')}:5001`;
  const privateImage = `${registry}/team/sample:1`;

  test('up pulls what is missing', async () => {
    await removeImage(engine, 'sample:1');
    const stack = await openStack(engine, { 'compose.yaml': stackFile('sample:1') });
    await stack.ok('up', '-d');
    expect((await stack.container('web')).Config.Env).toContain('VERSION=1');
  });

  test('pull brings images and touches no container', async () => {
    await removeImage(engine, 'sample:2');
    const stack = await openStack(engine, { 'compose.yaml': stackFile('sample:2') });
    await stack.ok('pull');
    expect(await imageId(engine, 'sample:2')).toBeDefined();
    expect(await stack.containers()).toEqual([]);
  });

  test('another image of the same name recreates the service on up --pull always', async () => {
    await call(engine, 'POST', '/images/stack-test/busybox:1/tag?repo=sample&tag=1');
    const stack = await openStack(engine, { 'compose.yaml': stackFile('sample:1') });
    await stack.ok('up', '-d');
    const before = await stack.container('web');
    await stack.ok('up', '-d', '--pull', 'always');
    const after = await stack.container('web');
    expect(after.Image).not.toBe(before.Image);
    expect(after.Config.Env).toContain('VERSION=1');
  });

  test('a private registry gives its image for the right password', async () => {
    await removeImage(engine, privateImage);
    const environment = await logIn(registry, 'open sesame');
    const stack = await openStack(engine, { 'compose.yaml': stackFile(privateImage) }, { environment });
    await stack.ok('up', '-d');
    expect((await stack.container('web')).Config.Env).toContain('VERSION=private');
  });

  test.each([
    ['a wrong password', 'let me in'],
    ['no password', undefined],
  ])('with %s nothing is changed, and the message names the image and what to do', async (_, password) => {
    await removeImage(engine, privateImage);
    const environment = password === undefined ? {} : await logIn(registry, password);
    const stack = await openStack(engine, { 'compose.yaml': stackFile(privateImage) }, { environment });
    const ran = await stack.run('up', '-d');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(privateImage);
    expect(ran.stderr).toContain(`docker login ${registry}`);
    expect(ran.stderr).not.toContain('let me in');
    expect(await stack.containers()).toEqual([]);
  });

  test('up --build builds what the file says, and recreates the service when its context changed', async () => {
    const file = `
services:
  web:
    build: {context: app, args: {WHO: world}}
    stop_grace_period: 0s
`;
    const stack = await openStack(engine, {
      'compose.yaml': file,
      'app/Dockerfile':
        'FROM stack-test/busybox:1\nARG WHO\nENV WHO=$WHO\nWORKDIR /app\nCOPY . .\nRUN ls >listing\nCMD ["sleep", "600"]\n',
      'app/.dockerignore': '*.md\n',
      'app/page.html': 'one',
      'app/notes.md': 'not for the image',
    });
    onTestFinished(() => removeImage(engine, `${stack.project}-web`));
    await stack.ok('up', '-d');
    const before = await stack.container('web');
    expect(before.Config.Env).toContain('WHO=world');
    expect(await execIn(engine, before.Id, 'cat', '/app/listing')).toBe('Dockerfile\nlisting\npage.html\n');

    await stack.ok('up', '-d', '--build');
    expect((await stack.container('web')).Id).toBe(before.Id);
    await stack.write({ 'app/page.html': 'two' });
    await stack.ok('up', '-d', '--build');
    expect(await execIn(engine, (await stack.container('web')).Id, 'cat', '/app/page.html')).toBe('two');
  });
});
