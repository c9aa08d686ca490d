import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { execIn } from '../support/real/api.ts';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

onEachEngine((engine) => {
  test('secrets and configs can be read inside, wherever their contents come from', async () => {
    const stack = await openStack(
      engine,
      {
        'compose.yaml': `
          services:
            web:
              image: stack-test/busybox:1
              command: [sleep, '600']
              stop_grace_period: 0s
              secrets: [from_file, {source: from_variable, target: renamed, uid: '65534', mode: 0400}]
              configs: [from_file, {source: inline, target: /etc/deep/er/inline.conf}]
          secrets: {from_file: {file: secret.txt}, from_variable: {environment: TOKEN}}
          configs: {from_file: {file: ./config.txt}, inline: {content: "port=\${PORT}\\n"}}
        `,
        'secret.txt': 's3cret',
        'config.txt': 'a config',
      },
      { environment: { TOKEN: 't0ken', PORT: '81' } },
    );
    await stack.ok('up', '-d');
    const web = await stack.container('web');
    const read = (path: string): Promise<string> => execIn(engine, web.Id, 'cat', path);
    expect(await read('/run/secrets/from_file')).toBe('s3cret');
    expect(await read('/run/secrets/renamed')).toBe('t0ken');
    expect(await execIn(engine, web.Id, 'stat', '-c', '%u %a', '/run/secrets/renamed')).toBe('65534 400\n');
    expect(await read('/from_file')).toBe('a config');
    expect(await read('/etc/deep/er/inline.conf')).toBe('port=81\n');
    expect(JSON.stringify(web)).not.toMatch(/s3cret|t0ken/);
  });

  test('a secret from a file that only this machine has reaches an engine on another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stack-secret-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'key'), 'only here');
    const stack = await openStack(engine, {
      'compose.yaml': `
services:
  web:
    image: stack-test/busybox:1
    command: [sleep, '600']
    stop_grace_period: 0s
    secrets: [key]
secrets: {key: {file: ${join(folder, 'key')}}}
`,
    });
    await stack.ok('up', '-d');
    const web = await stack.container('web');
    expect(await execIn(engine, web.Id, 'cat', '/run/secrets/key')).toBe('only here');
    await stack.ok('plan', '--detailed-exitcode');
  });
});
