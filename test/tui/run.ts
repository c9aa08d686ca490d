import type { ContainerSpec } from '../../src/model/container.ts';
import type { DesiredNetwork, DesiredVolume, Project } from '../../src/model/desired.ts';
import type { Event } from '../../src/model/event.ts';
import {
  containerId,
  type EngineName,
  engineName,
  imageAddress,
  networkAddress,
  replicaAddress,
  volumeAddress,
} from '../../src/model/id.ts';
import type { Notice, Operation, OperationOf, Plan, Step, StepId } from '../../src/model/plan.ts';
import { emptyView, reduce, type View } from '../../src/tui/view.ts';
import { build } from '../support/builders.ts';

const engine = engineName('default');
const project: Project = { name: 'wp', workingDir: '/wp', configFiles: [], environmentFiles: [] };

/** What the screen's tests vary in an operation. */
interface Base {
  readonly engine?: EngineName;
  readonly reasons?: readonly string[];
}

/** Operations as the planner makes them, with as little in them as the screen reads. */
export const operations = {
  pull: (image: string, base: Base = {}): Operation => ({
    ...filled(base),
    address: imageAddress(image),
    kind: 'pull-image',
    image,
    platform: undefined,
  }),
  build: (service: string, base: Base = {}): Operation => ({
    ...filled(base),
    address: imageAddress(`wp-${service}`),
    kind: 'build-image',
    image: `wp-${service}`,
    service,
    build: build(),
  }),
  network: (key: string, base: Base = {}): Operation => ({
    ...filled(base),
    address: networkAddress(key),
    kind: 'create-network',
    project,
    network: { key, name: `wp_${key}`, external: false } as DesiredNetwork,
  }),
  volume: (key: string, base: Base = {}): Operation => ({
    ...filled(base),
    address: volumeAddress(key),
    kind: 'create-volume',
    project,
    volume: { key, name: `wp_${key}`, external: false } as DesiredVolume,
  }),
  create: (service: string, slot = 1, base: Base & { readonly name?: string } = {}): Operation => ({
    ...filled(base),
    address: replicaAddress(service, slot),
    kind: 'create-container',
    creation: creation(service, slot, base.name ?? `wp-${service}-${slot}`),
  }),
  start: (service: string, slot: number, made: StepId, base: Base = {}): Operation => ({
    ...filled(base),
    address: replicaAddress(service, slot),
    kind: 'start-container',
    container: { from: 'step', step: made },
  }),
  awaitHealthy: (service: string, slot: number, made: StepId, base: Base = {}): Operation => ({
    ...filled(base),
    address: replicaAddress(service, slot),
    kind: 'wait-container',
    container: { from: 'step', step: made },
    until: 'healthy',
    deadlineMs: 60_000,
  }),
  rename: (service: string, slot: number, made: StepId, name: string): Operation => ({
    ...filled({}),
    address: replicaAddress(service, slot),
    kind: 'rename-container',
    container: { from: 'step', step: made },
    name,
  }),
  stop: (service: string, slot = 1, base: Base = {}): Operation => ({
    ...filled(base),
    address: replicaAddress(service, slot),
    kind: 'stop-container',
    container: containerId('old'),
    graceMs: undefined,
  }),
  remove: (service: string, slot = 1, base: Base = {}): Operation => ({
    ...filled(base),
    address: replicaAddress(service, slot),
    kind: 'remove-container',
    container: containerId('old'),
    removeAnonymousVolumes: false,
  }),
} as const;

/** Numbers the steps; each is an operation, or one with the steps that it waits for. */
export function planOf(
  steps: readonly (Operation | readonly [Operation, ...StepId[]])[],
  notices: readonly Notice[] = [],
): Plan {
  return {
    notices,
    steps: steps.map((step, id): Step => {
      if ('kind' in step) return { id, operation: step, after: [] };
      const [operation, ...after] = step;
      return { id, operation, after };
    }),
  };
}

/** A run that is recorded event by event, with a clock that moves when it is told to. */
export function recordRun(
  plan: Plan,
  { stack = 'wp', command = 'up', engines = [engine] as readonly EngineName[] } = {},
): Recorder {
  const events: Event[] = [
    { type: 'run-started', atMs: 0, stack, command, engines },
    { type: 'round-started', atMs: 0, round: 1, plan },
  ];
  let atMs = 0;
  let steps = plan.steps;
  const started = new Map<StepId, number>();
  const step = (id: StepId): Step => steps[id] as Step;
  const elapsedMs = (id: StepId): number => atMs - (started.get(id) ?? atMs);
  const recorder: Recorder = {
    events,
    after(ms) {
      atMs += ms;
      return recorder;
    },
    start(...ids) {
      for (const id of ids) {
        started.set(id, atMs);
        events.push({ type: 'step-started', atMs, step: step(id) });
      }
      return recorder;
    },
    finish(...ids) {
      for (const id of ids) events.push({ type: 'step-done', atMs, step: step(id), elapsedMs: elapsedMs(id) });
      return recorder;
    },
    fail(id, message, details = [], hint) {
      events.push({ type: 'step-failed', atMs, step: step(id), elapsedMs: elapsedMs(id), message, hint, details });
      return recorder;
    },
    skip(id, failed) {
      const culprit = failed === undefined ? undefined : step(failed);
      events.push({
        type: 'step-skipped',
        atMs,
        step: step(id),
        because: culprit ? 'dependency' : 'interrupted',
        failed: culprit,
      });
      return recorder;
    },
    bytes(id, done, total) {
      events.push({ type: 'step-progress', atMs, step: step(id), progress: { kind: 'bytes', done, total } });
      return recorder;
    },
    says(id, text) {
      events.push({ type: 'step-progress', atMs, step: step(id), progress: { kind: 'text', text } });
      return recorder;
    },
    round(round, next) {
      steps = next.steps;
      events.push({ type: 'round-started', atMs, round, plan: next });
      return recorder;
    },
    add(event) {
      events.push({ ...event, atMs } as Event);
      return recorder;
    },
    end(outcome = 'converged') {
      events.push({ type: 'run-ended', atMs, outcome, rounds: 1, elapsedMs: atMs });
      return recorder;
    },
    view: () => events.reduce(reduce, emptyView),
    nowMs: () => atMs,
  };
  return recorder;
}

type WithoutTime<E> = E extends Event ? Omit<E, 'atMs'> : never;

export interface Recorder {
  readonly events: readonly Event[];
  after(ms: number): Recorder;
  start(...ids: readonly StepId[]): Recorder;
  finish(...ids: readonly StepId[]): Recorder;
  fail(id: StepId, message: string, details?: readonly string[], hint?: string): Recorder;
  skip(id: StepId, failed?: StepId): Recorder;
  bytes(id: StepId, done: number, total: number): Recorder;
  says(id: StepId, text: string): Recorder;
  round(round: number, plan: Plan): Recorder;
  add(event: WithoutTime<Event>): Recorder;
  end(outcome?: 'converged' | 'failed' | 'interrupted'): Recorder;
  view(): View;
  nowMs(): number;
}

function filled({ engine: own = engine, reasons = [] }: Base): { engine: EngineName; reasons: readonly string[] } {
  return { engine: own, reasons };
}

function creation(service: string, slot: number, name: string): OperationOf<'create-container'>['creation'] {
  return {
    name,
    project,
    service,
    slot,
    isOneOff: false,
    spec: { image: service } as ContainerSpec,
    dependsOn: [],
    imageId: undefined,
    network: { kind: 'networks', attachments: [] },
    volumeNames: [],
    inheritedVolumes: [],
    containers: [],
  };
}
