import { createHash } from 'node:crypto';

import { canonicalJson } from '../model/canonical.ts';
import type { ContainerId } from '../model/id.ts';

/** The name that a proven replica has: `<stack>-<service>-<slot>`, or the service's `container_name`. */
export function canonicalName(stack: string, service: Named, slot: number): string {
  return service.containerName ?? `${stack}-${service.name}-${slot}`;
}

interface Named {
  readonly name: string;
  readonly containerName: string | undefined;
}

/**
 * The name of a replacement until it is proven.
 *
 * Made of what it will be, so that a run that was killed after asking for it asks for the same name again.
 */
export function candidateName(canonical: string, content: unknown): string {
  const hash = createHash('sha256').update(canonicalJson(content)).digest('hex');
  return `${canonical}.next-${hash.slice(0, 8)}`;
}

/** The name of a container whose place was taken, until it is removed. */
export const retiredName = (canonical: string, id: ContainerId): string => `${canonical}.old-${id.slice(0, 12)}`;

/** Whether the name is one that {@link candidateName} makes. */
export const isCandidateName = (canonical: string, name: string): boolean => name.startsWith(`${canonical}.next-`);

/** The name that a container has once it is proven, whatever a run that was killed left it with. */
export const provenName = (name: string): string => name.replace(/\.next-[0-9a-f]{8}$/, '');
