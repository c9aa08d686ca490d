import type { ContainerId } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import { isServing } from '../placement/homes.ts';
import { addRemoval } from '../steps.ts';
import type { Up } from './context.ts';

/**
 * Removes, before anything else, containers whose slot is served on another engine, where it belongs: an engine that
 * was away came back with them. Returns the removals by container.
 */
export function removeReturned(up: Omit<Up, 'returned'>): ReadonlyMap<ContainerId, StepId> {
  const removals = new Map<ContainerId, StepId>();
  for (const [name, assignments] of up.assignments) {
    const located = up.fleet.get(name) ?? [];
    for (const { slot, engine } of assignments) {
      const serving = located.find(
        ({ engine: { name: there }, container }) =>
          there === engine.name &&
          container.slot === slot &&
          isServing(container) &&
          !up.input.history.freshContainers.has(container.id),
      );
      if (serving === undefined) continue;
      const others = located.filter(
        ({ container, ...it }) => container.slot === slot && it.engine.name !== engine.name,
      );
      for (const other of others) {
        const reasons = [`${serving.container.name} serves in its place on ${engine.name}`];
        const leaving = { builder: up.builder, request: up.request, ...other, reasons };
        removals.set(other.container.id, addRemoval(leaving, []));
      }
    }
  }
  return removals;
}
