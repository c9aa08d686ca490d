import type { Pairs } from './container.ts';

/** Whether new replicas may be placed on an engine (`pause`: those there stay; `drain`: those there leave). */
export type Availability = 'active' | 'pause' | 'drain';

/** What the inventory says of one engine, beside how to reach it. */
export interface EngineMember {
  /** `node.labels.*` of placement constraints. */
  readonly labels: Pairs;
  readonly availability: Availability;
  /** What the stacks may reserve, where it is less than what the engine has; `undefined`: all. */
  readonly cpuNanos: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** An engine that is not listed anywhere. */
export const loneMember: EngineMember = {
  labels: [],
  availability: 'active',
  cpuNanos: undefined,
  memoryBytes: undefined,
};
