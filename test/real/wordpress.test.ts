import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { containersOf, networksOf, volumesOf } from '../support/real/api.ts';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';
import { visit } from '../support/real/wordpress.ts';

const example = join(import.meta.dirname, '../../examples/wordpress/compose.yaml');

onEachEngine((engine) => {
  test('WordPress is installed, keeps its posts over down and up, and leaves nothing behind after down --volumes', async () => {
    const stack = await openStack(engine, {
      'compose.yaml': await readFile(example, 'utf8'),
      'secrets/db_password': 'a"b\'c\\d',
      'secrets/db_root_password': 'r00t',
    });
    const visitor = visit(`http://${engine.address}:8080`);

    await stack.ok('up', '-d', '--wait');
    await visitor.install();
    const post = await visitor.publish('Kept by a volume', 'Written before the stack went down.');
    expect(await visitor.read(post)).toContain('Written before the stack went down.');

    await stack.ok('down');
    expect(await containersOf(engine, stack.project)).toEqual([]);
    await stack.ok('up', '-d', '--wait');
    expect(await visitor.read(post)).toContain('Written before the stack went down.');

    await stack.ok('down', '--volumes', '--yes');
    expect(await containersOf(engine, stack.project)).toEqual([]);
    expect(await networksOf(engine, stack.project)).toEqual([]);
    expect(await volumesOf(engine, stack.project)).toEqual([]);
  });
});
