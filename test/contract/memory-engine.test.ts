import type { ContainerSpec } from '../../src/model/container.ts';
import { realClock, type TestClock } from '../support/clock.ts';
import { connectMemoryEngine } from '../support/memory-engine.ts';
import type { Behaviour } from '../support/memory-world.ts';
import { describeEngineContract } from './engine-contract.ts';
import { commands, image, programs } from './fixture.ts';

/** Real time, but twenty times as fast: the suite waits for what happens by itself. */
function fastClock(): TestClock {
  const { now, sleep, schedule } = realClock();
  return {
    now: () => now() * 20,
    sleep: (ms, signal) => sleep(ms / 20, signal),
    schedule: (atMs, run) => schedule(atMs / 20, run),
  };
}

/** What the programs of the suite do, told by their commands. */
function behave({ command, healthcheck }: ContainerSpec): Behaviour {
  if (command === programs.missing) return { refusesToStart: 'exec: no such file or directory' };
  if (command === programs.fails) return { exitsAfterMs: 10, exitCode: 3 };
  if (command === programs.speaks) return { output: ['one', 'two'] };
  const isHealthy = healthcheck?.kind !== 'command' || healthcheck.test?.[1] === 'true';
  return {
    healthyAfterMs: isHealthy ? 20 : 'never',
    commands: { [commands.fails.join(' ')]: { exitCode: 3, output: ['one', 'two'] } },
  };
}

for (const apiVersion of ['1.41', '1.45']) {
  const engine = connectMemoryEngine({ clock: fastClock(), apiVersion, images: [image], behave });
  describeEngineContract(`memory, API ${apiVersion}`, () => engine);
}
