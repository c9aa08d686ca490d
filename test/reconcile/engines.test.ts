import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { engineName } from '../../src/model/id.ts';
import { desired, service, up } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { lockOwner } from '../support/locks.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import { type Run, type RunOptions, run } from '../support/run.ts';

const never = Number.POSITIVE_INFINITY;
const lock = { owner: lockOwner({ run: 'first' }), timeoutMs: 60_000, random: () => 0.5, isGone: () => false };
const web = (replicas: number) =>
  desired([service({ name: 'web', replicas, container: { network: { kind: 'engine', mode: 'none' } } })]);

function openFleet(...names: readonly string[]): readonly MemoryEngine[] {
  const clock = virtualClock();
  return names.map((name) => memoryEngine({ name, clock, images: ['nginx:1.27'] }));
}

const converge = (fleet: readonly MemoryEngine[], options: Partial<RunOptions> = {}): Promise<Run> =>
  run({ desired: web(4), request: up(), connections: fleet.map(({ connect }) => connect()), lock, ...options });

const running = ({ world }: MemoryEngine): readonly string[] =>
  [...world.containers.values()].map(({ name, state }) => `${name} ${state}`).toSorted();

const states = (events: readonly Event[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'engine-state' ? `${event.engine} ${event.state}: ${event.message}` : []));

/** Acts at the first step of this kind on this engine. */
function atStep(kind: string, engine: string, act: () => void): NonNullable<RunOptions['onEvent']> {
  let isDone = false;
  return (event) => {
    const isIt = event.type === 'step-started' && event.step.operation.kind === kind;
    if (isDone || !isIt || event.step.operation.engine !== engine) return;
    isDone = true;
    act();
  };
}

describe('an engine that cannot be reached from the beginning', () => {
  test('is told once with its reason, and the others take all replicas', async () => {
    const [alpha, beta, gamma] = openFleet('alpha', 'beta', 'gamma') as [MemoryEngine, MemoryEngine, MemoryEngine];
    beta.world.cutUntilMs = never;
    const { outcome, events } = await converge([alpha, beta, gamma]);

    expect(outcome).toMatchObject({ kind: 'partial', lost: [{ engine: 'beta' }], failures: [] });
    expect(states(events)).toEqual(['beta lost: connection refused; what it holds is unknown']);
    expect(events.findIndex(({ type }) => type === 'engine-state')).toBeGreaterThan(
      events.findIndex(({ type }) => type === 'run-started'),
    );
    expect([...running(alpha), ...running(gamma)]).toHaveLength(4);
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'partial' });
  });

  test('keeps nobody waiting for longer than it takes to tell that it hangs', async () => {
    const [alpha, beta] = openFleet('alpha', 'beta') as [MemoryEngine, MemoryEngine];
    beta.world.frozenUntilMs = never;
    const { outcome, events } = await converge([alpha, beta]);

    expect(outcome).toMatchObject({ kind: 'partial', lost: [{ engine: 'beta', code: 'lost' }] });
    expect(states(events)).toEqual(['beta lost: no sign of life for 3s; what it holds is unknown']);
    expect(events[0]?.atMs).toBeLessThan(4500);
    expect(running(alpha)).toHaveLength(4);
  });

  test('takes no lock, while every other engine does', async () => {
    const fleet = openFleet('alpha', 'beta', 'gamma');
    const [alpha, beta, gamma] = fleet as [MemoryEngine, MemoryEngine, MemoryEngine];
    beta.world.cutUntilMs = never;
    const connections = fleet.map(({ connect }) => connect());
    await converge(fleet, { connections });

    const locked = [alpha, beta, gamma].map((_, index) => connections[index]?.calls.includes('create-lock app'));
    expect(locked).toEqual([true, false, true]);
    expect([...alpha.world.locks, ...gamma.world.locks]).toEqual([]);
  });

  test('is an error like any other when no engine answers', async () => {
    const fleet = openFleet('alpha', 'beta');
    for (const { world } of fleet) world.cutUntilMs = never;
    await expect(converge(fleet)).rejects.toMatchObject({
      code: 'unreachable',
      message: 'connection refused; engine beta: connection refused',
    });
  });
});

describe('an engine that is lost in the middle', () => {
  test('has its replicas run elsewhere in the same run', async () => {
    const [alpha, beta] = openFleet('alpha', 'beta') as [MemoryEngine, MemoryEngine];
    const { outcome, events } = await converge([alpha, beta], {
      onEvent: atStep('start-container', 'beta', () => {
        beta.world.cutUntilMs = never;
      }),
    });

    expect(outcome).toMatchObject({ kind: 'partial', lost: [{ engine: 'beta' }], failures: [] });
    expect(running(alpha)).toEqual([
      'app-web-1 running',
      'app-web-2 running',
      'app-web-3 running',
      'app-web-4 running',
    ]);
    expect(states(events)).toEqual(['beta lost: connection refused']);
  });

  test('and hangs does not hold the others for the deadline of its calls', async () => {
    const [alpha, beta] = openFleet('alpha', 'beta') as [MemoryEngine, MemoryEngine];
    const { outcome, events } = await converge([alpha, beta], {
      onEvent: atStep('start-container', 'beta', () => {
        beta.world.frozenUntilMs = never;
      }),
    });

    expect(outcome.kind).toBe('partial');
    expect(running(alpha)).toHaveLength(4);
    expect(events.at(-1)?.atMs).toBeLessThan(15_000);
  });

  test('comes back into the run when it answers again, and nothing is there twice', async () => {
    const [alpha, beta] = openFleet('alpha', 'beta') as [MemoryEngine, MemoryEngine];
    const { outcome, events } = await converge([alpha, beta], {
      onEvent: atStep('start-container', 'beta', () => {
        beta.world.cutUntilMs = beta.world.clock.now() + 1500;
      }),
    });

    expect(outcome).toMatchObject({ kind: 'converged', lost: [] });
    expect(states(events)).toEqual(['beta lost: connection refused', 'beta back: answers again']);
    expect([...running(alpha), ...running(beta)].toSorted()).toEqual([
      'app-web-1 running',
      'app-web-2 running',
      'app-web-3 running',
      'app-web-4 running',
    ]);
  });

  test('and returns after the others have taken its replicas is locked before it is changed', async () => {
    const [alpha, beta] = openFleet('alpha', 'beta') as [MemoryEngine, MemoryEngine];
    await converge([alpha, beta]);
    beta.world.cutUntilMs = never;
    const connections = [alpha.connect(), beta.connect()];
    const { outcome } = await converge([alpha, beta], {
      connections,
      onEvent: atStep('start-container', 'alpha', () => {
        beta.world.cutUntilMs = 0;
      }),
    });

    expect(outcome).toMatchObject({ kind: 'converged', lost: [] });
    expect([...running(alpha), ...running(beta)]).toHaveLength(4);
    const calls = connections[1]?.calls ?? [];
    expect([calls[0], calls.at(-1)]).toEqual(['create-lock app', 'release-lock']);
    expect(calls.length).toBeGreaterThan(2);
  });
});

test('an engine that comes back while another run has its lock stays out, and that is told', async () => {
  const [alpha, beta] = openFleet('alpha', 'beta') as [MemoryEngine, MemoryEngine];
  await converge([alpha, beta]);
  beta.world.cutUntilMs = never;
  const signal = new AbortController().signal;
  const { outcome, events } = await converge([alpha, beta], {
    onEvent: atStep('start-container', 'alpha', () => {
      beta.world.cutUntilMs = 0;
      void beta.connect().engine.createLock('app', lockOwner({ run: 'other', host: 'ci-7' }), signal);
    }),
  });

  expect(outcome).toMatchObject({ kind: 'partial', lost: [{ engine: 'beta', code: 'conflict' }] });
  expect(states(events).slice(1, 3)).toEqual([
    'beta back: answers again',
    expect.stringMatching(/^beta lost: project app is being changed by .*@ci-7/),
  ]);
  expect(running(beta)).toHaveLength(2);
});

test('one engine under two names is told of, and nothing is changed', async () => {
  const [alpha] = openFleet('alpha') as [MemoryEngine];
  await converge([alpha]);
  const other = alpha.connect();
  const again = { ...other, engine: { ...other.engine, name: engineName('twin') } };
  const seen: typeof again.engine.observe = async (...args) => ({
    ...(await other.engine.observe(...args)),
    name: engineName('twin'),
  });
  const { outcome } = await converge([], {
    desired: web(2),
    connections: [alpha.connect(), { ...again, engine: { ...again.engine, observe: seen } }],
  });
  expect(outcome).toEqual({ kind: 'locked', problem: { kind: 'same-engine', engines: ['alpha', 'twin'] } });
  expect(running(alpha)).toHaveLength(4);
});
