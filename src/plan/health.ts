import type { ContainerSpec } from '../model/container.ts';

/**
 * How long a container is given to become healthy: twice the time in which the engine itself would call it unhealthy,
 * and two minutes at least. The engine's defaults stand for what the healthcheck leaves out.
 */
export function healthyWithinMs(check: ContainerSpec['healthcheck']): number {
  if (check?.kind !== 'command') return leastMs;
  const { startPeriodMs = 0, retries = 3, intervalMs = 30_000, timeoutMs = 30_000 } = check;
  return Math.max(leastMs, 2 * (startPeriodMs + retries * (intervalMs + timeoutMs)));
}

const leastMs = 120_000;
