import { describe, expect, test } from 'vitest';
import type { ObservedContainer } from '../../../src/model/observed.ts';
import { emptyHistory } from '../../../src/model/request.ts';
import { formatPlan } from '../../../src/plan/format.ts';
import { plan } from '../../../src/plan/plan.ts';
import { decide, type Situation } from '../../../src/reconcile/watchdog/decide.ts';
import { alpha, container, desired, engine, image, observed, service, stack } from '../../support/builders.ts';

const replica = (slot: number, overrides: Partial<ObservedContainer> = {}): ObservedContainer =>
  container({ name: `app-web-${slot}`, slot, ...overrides, networks: [] });

const file = desired([service({ name: 'web', replicas: 2, container: { network: { kind: 'engine', mode: 'none' } } })]);

const situation = (containers: readonly ObservedContainer[], overrides: Partial<Situation> = {}): Situation => ({
  stack,
  desired: file,
  observed: observed(engine({ containers, images: new Map([['nginx:1.27', image('1')]]) })),
  wanted: new Map([['web', 2]]),
  attempts: new Map(),
  nowMs: 0,
  ...overrides,
});

/** What would be done. */
function planOf(it: Situation): string {
  const { request } = decide(it);
  if (request === undefined) return 'nothing';
  const planned = plan({ stack, desired: it.desired, observed: it.observed, request, history: emptyHistory });
  return planned.ok ? formatPlan(planned.value).trim() : 'refused';
}

describe('a watchdog', () => {
  test('has nothing to do where all is well, also if the file says otherwise by now', () => {
    const changed = desired([
      service({
        replicas: 2,
        container: { environment: [['A', '2']], network: { kind: 'engine', mode: 'none' } },
      }),
    ]);
    expect(planOf(situation([replica(1), replica(2)], { desired: changed }))).toBe('nothing');
  });

  test('restarts what is unhealthy', () => {
    expect(planOf(situation([replica(1, { health: 'unhealthy' }), replica(2, { health: 'healthy' })]))).toBe(
      `#0 ${alpha} restart-container service/web/1: the container is unhealthy`,
    );
  });

  test('starts what has died, and runs no job again that ended well', () => {
    const died = (exitCode: number) =>
      [replica(1), replica(2)].map((it) => ({ ...it, state: 'exited' as const, exitCode }));
    expect(planOf(situation(died(1)))).toContain('start-container service/web/1: the container exited with code 1');
    expect(planOf(situation(died(0)))).toBe('nothing');
  });

  test('leaves a service alone that people do not want', () => {
    expect(planOf(situation([], { wanted: new Map() }))).toBe('nothing');
  });

  test('waits with a replica that was put right a moment ago, and says until when', () => {
    const attempts = new Map([['service/web/1', { count: 3, atMs: 0 }]] as const);
    const dead = situation([replica(1, { state: 'exited', exitCode: 1 }), replica(2)], { attempts });
    expect(decide(dead)).toEqual({ request: undefined, againMs: 4000, refusals: [] });
    expect(planOf({ ...dead, nowMs: 4000 })).toContain('start-container service/web/1');
  });
});
