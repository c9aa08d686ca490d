import { expect, test } from 'vitest';

import { desired, service, up } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { memoryEngine } from '../support/memory-engine.ts';
import { run } from '../support/run.ts';

const web = desired([service()]);

test('a lone engine that hangs for good ends the run soon after its silence and the patience with it', async () => {
  const { connect, world } = memoryEngine({ clock: virtualClock(), images: ['nginx:1.27'] });
  const connection = connect([{ call: 2, kind: 'cut' }]);
  const { outcome, events } = await run({ desired: web, request: up(), connections: [connection] });

  expect(outcome).toMatchObject({ lost: [{ engine: 'alpha' }] });
  expect(events.some((event) => event.type === 'engine-state' && event.state === 'lost')).toBe(true);
  expect(world.clock.now()).toBeLessThan(60_000);
});

test('a lone engine that stands still for a while is waited for', async () => {
  const { connect } = memoryEngine({ clock: virtualClock(), images: ['nginx:1.27'] });
  const connection = connect([{ call: 2, kind: 'cut', forMs: 25_000 }]);

  expect((await run({ desired: web, request: up(), connections: [connection] })).outcome.kind).toBe('converged');
});
