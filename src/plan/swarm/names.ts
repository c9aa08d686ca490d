import type { DesiredSwarmFile } from '../../model/target.ts';

/** As `docker stack` names a service: `<stack>_<service>`. */
export const serviceName = (stack: string, service: string): string => `${stack}_${service}`;

/** The engine takes no longer names of configs and secrets. */
const maxLength = 64;

/** An own name for each content, for a swarm changes no content: `<stack>_<key>_<digest>`. */
export function fileName({ name, external, digest }: DesiredSwarmFile): string {
  if (external) return name;
  const tail = `_${digest.slice(0, 8)}`;
  return `${name.slice(0, maxLength - tail.length)}${tail}`;
}
