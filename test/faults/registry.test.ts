import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { type Answer, openHostileRegistry } from '../support/real/hostile-registry.ts';
import { recordMutations } from '../support/real/recording-proxy.ts';
import { openStack } from '../support/real/stack.ts';
import { chance, choose, isComplete } from './chance.ts';
import { openScore } from './score.ts';

const score = openScore('An image that its registry does not give: nothing is changed, and the reason is told');

const refusals: readonly Answer[] = ['missing', 'unauthorized', 'too many', 'broken', 'another platform', 'junk'];
/** Engines try these again for a while, or wait for ever. */
const breaks: readonly Answer[] = isComplete ? ['cut', 'stalled'] : [];

const service = (name: string, image: string, version: number): string =>
  `  ${name}: {image: ${image}, command: [sleep, '600'], stop_grace_period: 0s, environment: {VERSION: '${version}'}}\n`;

onEachEngine((engine) => {
  test('of what a hostile registry answers nothing reaches the terminal but words, and what runs is not touched', async () => {
    const broken: string[] = [];
    for (const answer of [...choose(refusals, 2, chance(`registry ${engine.name}`)), ...breaks]) {
      const registry = await openHostileRegistry(engine, { bad: answer });
      const recorded = await recordMutations(engine);
      const stack = await openStack(engine, {}, { environment: { DOCKER_HOST: recorded.host } });
      await stack.write({ 'compose.yaml': `services:\n${service('web', 'stack-test/busybox:1', 1)}` });
      await stack.ok('up', '-d');
      const before = await stack.container('web');
      const earlier = recorded.mutations.length;
      await stack.write({
        'compose.yaml': `services:\n${service('web', 'stack-test/busybox:1', 2)}${service('api', `${registry}/bad:1`, 1)}`,
      });
      const { code, stdout, stderr } = await stack.run('up', '-d');
      const after = await stack.container('web');
      const text = stdout + stderr;
      const wrong = [
        ...(code === 1 ? [] : [`exit code ${code ?? 'none'}: ${text}`]),
        ...(after.Id === before.Id && after.State.Status === 'running' ? [] : ['web was touched']),
        ...(text.includes(`${registry}/bad`) ? [] : [`the image is not named: ${text}`]),
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
        ...(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(text) ? ['control characters'] : []),
        ...recorded.mutations
          .slice(earlier)
          .filter((call) => /^POST \/(networks|volumes)|containers\/create\?name=(?!stack-lock)/.test(call)),
      ];
      broken.push(...score.note(engine.name, answer, wrong));
    }
    expect(broken).toEqual([]);
  }, 600_000);
});
