import type { Desired, DesiredService } from '../../model/desired.ts';
import type { Observed, ObservedContainer } from '../../model/observed.ts';

/** How many replicas of each service people want; a service that is not in it is left alone. */
export type Wanted = ReadonlyMap<string, number>;

/** A run of somebody else's that has ended; `start` is the moment in which nothing is known of any. */
export type Cause = 'start' | 'up' | 'down' | 'stop' | 'other';

/**
 * What the last `up`, `scale`, `stop` or `down` left, read from what stands: the file alone does not know what a
 * person has scaled. As long as an engine is absent nothing is taken to be less than it was.
 *
 * A service without any container was taken down; one whose containers have all ended after a `stop` rests.
 */
export function adopt(desired: Desired, observed: Observed, before: Wanted, cause: Cause): Wanted {
  const isWhole = (observed.absent ?? []).length === 0;
  const containers = observed.engines.flatMap((engine) => engine.containers).filter(({ isOneOff }) => !isOneOff);
  return new Map(
    desired.services.flatMap((service) => {
      const standing = containers.filter((container) => container.service === service.name);
      const known = before.get(service.name) ?? (cause === 'start' ? service.replicas : 0);
      const replicas = countOf(service, standing, { known, cause, isWhole });
      return replicas === undefined ? [] : [[service.name, replicas] as const];
    }),
  );
}

interface Before {
  readonly known: number;
  readonly cause: Cause;
  readonly isWhole: boolean;
}

function countOf(
  { replicas, placement }: DesiredService,
  standing: readonly ObservedContainer[],
  { known, cause, isWhole }: Before,
): number | undefined {
  if (cause === 'stop' && standing.every(({ state }) => state === 'exited' || state === 'created')) return undefined;
  if (standing.length === 0) return cause === 'start' ? replicas : isWhole ? undefined : known || undefined;
  if (placement.mode === 'global') return replicas;
  const highest = Math.max(...standing.map(({ slot }) => slot));
  return isWhole ? highest : Math.max(highest, known);
}
