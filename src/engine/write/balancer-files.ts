/** Where a balancer keeps what it was told: in the container's own layer, so that it outlives a restart. */
export const balancerFolder = '/tmp/stack';
/** What HAProxy reads. */
export const configFile = `${balancerFolder}/haproxy.cfg`;
/** What HAProxy goes by, as JSON: written once it does. */
export const appliedFile = `${balancerFolder}/applied.json`;
