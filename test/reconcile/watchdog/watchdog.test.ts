import { describe, expect, onTestFinished, test } from 'vitest';
import type { Desired } from '../../../src/model/desired.ts';
import type { Event } from '../../../src/model/event.ts';
import { reconcile } from '../../../src/reconcile/reconcile.ts';
import { watchStack } from '../../../src/reconcile/watchdog/watchdog.ts';
import { down, lifecycle, service, stack, up, desired as withNetwork } from '../../support/builders.ts';
import { type TestClock, virtualClock } from '../../support/clock.ts';
import { lockOwner } from '../../support/locks.ts';
import { type MemoryEngine, type MemoryEngineOptions, memoryEngine } from '../../support/memory-engine.ts';
import { run } from '../../support/run.ts';

const never = Number.POSITIVE_INFINITY;
const settings = (name: string) => ({
  owner: lockOwner({ run: name, command: name }),
  timeoutMs: 60_000,
  random: () => 0.5,
  isGone: () => false,
});

/** A stack of one service on three engines, and a watchdog that looks after it until the test ends. */
interface Yard {
  readonly clock: TestClock;
  readonly fleet: readonly [MemoryEngine, MemoryEngine, MemoryEngine];
  readonly events: readonly Event[];
  readonly warnings: readonly string[];
  /** Running replicas by engine, such as `14 25 36`. */
  readonly shown: () => string;
  /** Lets time pass. */
  readonly after: (ms: number) => Promise<string>;
  /** A person's own run. */
  readonly person: (request: Parameters<typeof run>[0]['request'], file?: Desired) => Promise<void>;
}

const fileOf = (overrides: Parameters<typeof service>[0] = {}): Desired =>
  withNetwork([
    service({ name: 'web', replicas: 6, container: { network: { kind: 'engine', mode: 'none' } }, ...overrides }),
  ]);

async function openYard(file: Desired = fileOf(), options: MemoryEngineOptions = {}): Promise<Yard> {
  const clock = virtualClock();
  const open = (name: string): MemoryEngine => memoryEngine({ clock, images: ['nginx:1.27'], ...options, name });
  const fleet = [open('a'), open('b'), open('c')] as const;
  const person: Yard['person'] = async (request, wanted = file) => {
    const connections = fleet.map(({ connect }) => connect());
    await run({ desired: wanted, request, connections, lock: settings(request.kind) });
  };
  await person(up());
  const end = new AbortController();
  const events: Event[] = [];
  const warnings: string[] = [];
  const engines = fleet.map(({ connect }) => connect().engine);
  const common = { stack, engines, emit: (event: Event) => void events.push(event) };
  const watching = watchStack({
    ...common,
    clock,
    lostAfterMs: 3000,
    desired: file,
    load: () => Promise.resolve(undefined),
    warn: (message) => void warnings.push(message),
    signal: end.signal,
    async carryOut({ desired, request, lost, onPlan }) {
      await reconcile({
        ...common,
        desired,
        request,
        lost,
        emit: (event) => {
          events.push(event);
          if (event.type === 'round-started') onPlan(event.plan);
        },
        stop: end.signal,
        abort: new AbortController().signal,
        now: clock.now,
        sleep: clock.sleep,
        parallel: undefined,
        lock: settings('watchdog'),
      });
    },
  });
  onTestFinished(async () => {
    end.abort();
    await watching;
  });
  const shown = (): string => fleet.map((engine) => running(engine)).join(' ');
  const after = async (ms: number): Promise<string> => {
    await clock.sleep(ms, new AbortController().signal);
    return shown();
  };
  expect(await after(2000)).toBe('14 25 36');
  return { clock, fleet, events, warnings, shown, after, person };
}

const running = ({ world }: MemoryEngine): string =>
  [...world.containers.values()]
    .flatMap(({ state, creation }) => (state === 'running' ? [creation.slot] : []))
    .toSorted((x, y) => x - y)
    .join('') || '-';

describe('a watchdog', () => {
  test('tells of a lost engine once, however many runs go on without it', async () => {
    const { fleet, after, events } = await openYard();
    fleet[1].world.cutUntilMs = never;
    await after(6000);
    expect(events.filter((it) => it.type === 'run-started').length).toBeGreaterThan(0);
    expect(events.filter((it) => it.type === 'engine-state')).toMatchObject([{ engine: 'b', state: 'lost' }]);
  });

  test.each(['cutUntilMs', 'frozenUntilMs'] as const)(
    'has replicas of a lost engine (%s) run elsewhere in time, and takes duplicates away when it is back',
    async (outage) => {
      const { fleet, after } = await openYard();
      const [, b] = fleet;
      b.world[outage] = never;
      await after(6000);
      expect(running(fleet[0]).length + running(fleet[2]).length).toBe(6);
      b.world[outage] = 0;
      expect((await after(3000)).replaceAll(/[ -]/g, '').split('').toSorted().join('')).toBe('123456');
    },
  );

  test('that has nothing to do asks for signs of life, and changes nothing', async () => {
    const { events, after } = await openYard();
    await after(600_000);
    expect(events).toEqual([]);
  });

  test('starts what has died, with longer and longer pauses if it does not stay up', async () => {
    let fails = false;
    const { fleet, after, events } = await openYard(fileOf(), {
      behave: () => (fails ? { exitsAfterMs: 100, exitCode: 1 } : {}),
    });
    fails = true;
    const [first] = [...fleet[0].world.containers.values()];
    if (first === undefined) throw new Error('no container');
    await fleet[0].connect().engine.stopContainer(first.id, 0, new AbortController().signal);
    await after(60_000);
    const starts = events.filter(
      (event) => event.type === 'step-started' && event.step.operation.kind === 'start-container',
    );
    expect(starts.length).toBeGreaterThanOrEqual(4);
    expect(starts.length).toBeLessThanOrEqual(8);
  });

  test('puts back what somebody removed by hand', async () => {
    const { fleet, after } = await openYard();
    const { engine } = fleet[2].connect();
    const signal = new AbortController().signal;
    for (const { id } of [...fleet[2].world.containers.values()]) {
      await engine.stopContainer(id, 0, signal);
      await engine.removeContainer(id, false, signal);
    }
    expect((await after(3000)).replaceAll(' ', '').split('').toSorted().join('')).toBe('123456');
  });

  test('keeps what a person has scaled, up and down', async () => {
    const { person, after, fleet } = await openYard();
    await person(up({ scale: new Map([['web', 2]]) }));
    expect((await after(120_000)).replaceAll(/[ -]/g, '').split('').toSorted().join('')).toBe('12');
    await person(up({ scale: new Map([['web', 4]]) }));
    fleet[1].world.cutUntilMs = never;
    await after(8000);
    expect(`${running(fleet[0])}${running(fleet[2])}`.replaceAll('-', '').split('').toSorted().join('')).toBe('1234');
  });

  test('leaves alone what a person has stopped or taken down, until it is up again', async () => {
    const { person, after, fleet } = await openYard();
    await person(lifecycle('stop'));
    expect(await after(120_000)).toBe('- - -');
    await person(lifecycle('start'));
    fleet[0].world.cutUntilMs = never;
    expect((await after(8000)).split(' ').slice(1).join('')).toHaveLength(6);
    fleet[0].world.cutUntilMs = 0;
    await after(8000);
    await person(down());
    expect(await after(120_000)).toBe('- - -');
    expect(fleet.every(({ world }) => world.containers.size === 0)).toBe(true);
  });

  test('empties a drained engine', async () => {
    const { fleet, after } = await openYard();
    await fleet[1].connect().engine.setAvailability('drain', new AbortController().signal);
    const shown = await after(10_000);
    expect(shown.split(' ')[1]).toBe('-');
    expect(shown.replaceAll(/[ -]/g, '').split('').toSorted().join('')).toBe('123456');
  });
});
