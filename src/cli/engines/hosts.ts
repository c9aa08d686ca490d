import { parseAddress, type Reach } from '../../engine/address.ts';

/** One `-H`, and what its engine is called; without a name where the engine is the only one. */
export interface GivenHost {
  readonly name: string | undefined;
  readonly address: string;
}

/** Reads `-H ADDRESS` and `-H NAME=ADDRESS`. Several without a name are called after their hosts. */
export function readHosts(given: readonly string[]): readonly GivenHost[] {
  const hosts = given.map(readHost);
  if (hosts.length === 1) return hosts;
  const taken = new Set(hosts.flatMap(({ name }) => name ?? []));
  return hosts.map(({ name, address }) => {
    if (name !== undefined) return { name, address };
    const free = unlessTaken(hostOf(address), taken);
    taken.add(free);
    return { name: free, address };
  });
}

function readHost(text: string): GivenHost {
  const [, name, address] = /^([A-Za-z0-9][\w.-]{0,62})=(.*)$/s.exec(text) ?? [];
  return name === undefined || address === undefined ? { name: undefined, address: text } : { name, address };
}

/** Whatever stands before it where an address cannot be read: its mistake is told when it is used. */
function hostOf(address: string): string {
  const reach = parseAddress(address.trim());
  return reach.ok ? wordFor(reach.value) : 'engine';
}

function wordFor(reach: Reach): string {
  switch (reach.kind) {
    case 'unix':
      return 'local';
    case 'tcp':
    case 'ssh':
      return reach.host;
  }
}

function unlessTaken(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
