import { expect, test } from 'vitest';

import type { Hook } from '../../src/model/container.ts';
import { codeOf, commands, type Fixture, soon } from './fixture.ts';

const hook = (command: readonly string[], overrides: Partial<Hook> = {}): Hook => ({
  command,
  user: undefined,
  privileged: false,
  workingDir: undefined,
  environment: [],
  ...overrides,
});

/** What the port promises of commands that are run in containers. */
export function describeHooks(open: () => Fixture): void {
  test('a command in a container tells how it ended, and all that it printed', async () => {
    const { engine, run } = open();
    const id = await run();
    const lines: string[] = [];
    const report = (progress: { kind: string; text?: string }): unknown => lines.push(progress.text ?? '');

    expect(await engine.runHook(id, hook(commands.fails), { report, signal: soon() })).toBe(3);
    expect(lines).toEqual(['one', 'two']);
  });

  test('a command that prints nothing and ends well has code 0', async () => {
    const { engine, run } = open();
    const id = await run();

    expect(await engine.runHook(id, hook(commands.succeeds), { report: () => undefined, signal: soon() })).toBe(0);
  });

  test('a container that does not run takes no command', async () => {
    const { engine, create } = open();
    const id = await create();
    const refused = engine.runHook(id, hook(commands.succeeds), { report: () => undefined, signal: soon() });

    expect(await codeOf(refused)).toBe('conflict');
  });
}
