import { expect, test } from 'vitest';

import type { ContainerSpec } from '../../../src/model/container.ts';
import { loadTexts } from '../support/load.ts';

function containerOf(lines: string): ContainerSpec {
  const text = `services:\n  web:\n    image: nginx\n${lines.replaceAll(/^/gm, '    ')}\n`;
  const loaded = loadTexts({ 'stack.yaml': text }, { projectName: 'shop' });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  const web = loaded.value.desired.services[0];
  if (web === undefined) throw new Error('no service');
  return web.container;
}

test('hooks keep their order, and a command in one line becomes words', () => {
  const { postStart, preStop } = containerOf(
    'post_start: [{command: warm --up "a b"}, {command: [register, web]}]\npre_stop: [{command: drain}]',
  );

  expect(postStart?.map(({ command }) => command)).toEqual([
    ['warm', '--up', 'a b'],
    ['register', 'web'],
  ]);
  expect(preStop?.map(({ command }) => command)).toEqual([['drain']]);
});

test('a hook says who runs it, where, with what rights and which variables', () => {
  const { postStart } = containerOf(
    'post_start: [{command: a, user: root, privileged: true, working_dir: /srv, environment: {B: "1", A: two words}}]',
  );

  expect(postStart).toEqual([
    { command: ['a'], user: 'root', privileged: true, workingDir: '/srv', environment: ['A=two words', 'B=1'] },
  ]);
});

test('a service without hooks records none, so that its hash is what it was', () => {
  const container = containerOf('tty: true');

  expect('postStart' in container || 'preStop' in container).toBe(false);
});
