import type { ContainerId } from '../../model/id.ts';
import { tolerate } from '../errors.ts';
import { at, keysAt, pairsAt, textAt, textsAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import type { Docker } from '../transport/docker.ts';

/**
 * Renaming to the name that it has is success; the API answers 400.
 *
 * An engine refuses to rename a container that runs on a network of a swarm. It is taken off such a network for the
 * moment that this takes, and comes back to it under another address.
 */
export function renameContainer(session: Session, id: ContainerId, name: string, signal: AbortSignal): Promise<void> {
  return session.call(`rename container ${id.slice(0, 12)} to ${name}`, signal, async (docker) => {
    const left: Endpoint[] = [];
    try {
      await rename(docker, { id, name, signal, left });
    } finally {
      // Whoever gives up the renaming does not want the container to be reached by nobody.
      const abortSignal = AbortSignal.timeout(returnMs);
      for (const { network, config } of left) {
        const sent = { abortSignal, _body: { Container: id, EndpointConfig: config } };
        // It has not left at all: the API answers 403.
        await tolerate([403], () => docker.getNetwork(network).connect(sent));
      }
    }
  });
}

/** How long coming back to a network may take. */
const returnMs = 15_000;

/** A container's place on a network. */
interface Endpoint {
  readonly network: string;
  readonly config: Readonly<Record<string, unknown>>;
}

interface Renaming {
  readonly id: ContainerId;
  readonly name: string;
  readonly signal: AbortSignal;
  /** Networks that it was, or was to be, taken off. */
  readonly left: Endpoint[];
}

async function rename(docker: Docker, renaming: Renaming): Promise<void> {
  const { id, name, signal, left } = renaming;
  const container = docker.getContainer(id);
  try {
    await container.rename({ abortSignal: signal, _query: { name } });
  } catch (cause) {
    const inspected = await container.inspect({ abortSignal: signal });
    if (textAt(inspected, 'Name') === `/${name}`) return;
    const endpoint = endpointOf(inspected, cause instanceof Error ? cause.message : '', id);
    if (endpoint === undefined || left.some(({ network }) => network === endpoint.network)) throw cause;
    left.push(endpoint);
    await docker.getNetwork(endpoint.network).disconnect({ abortSignal: signal, _body: { Container: id } });
    await rename(docker, renaming);
  }
}

/** The place on the network that the engine's refusal is about; `undefined`: it refuses for another reason. */
function endpointOf(inspected: unknown, message: string, id: ContainerId): Endpoint | undefined {
  const network = /could not add service state .* network id ([0-9a-z]+)/i.exec(message)?.[1];
  const key = keysAt(inspected, 'NetworkSettings', 'Networks').find(
    (it) => textAt(inspected, 'NetworkSettings', 'Networks', it, 'NetworkID') === network,
  );
  if (network === undefined || key === undefined) return undefined;
  const path = ['NetworkSettings', 'Networks', key] as const;
  // The engine adds the container's short id itself.
  const aliases = textsAt(inspected, ...path, 'Aliases').filter((alias) => !id.startsWith(alias));
  const config = {
    Aliases: aliases,
    Links: textsAt(inspected, ...path, 'Links'),
    IPAMConfig: at(inspected, ...path, 'IPAMConfig') ?? undefined,
    DriverOpts: Object.fromEntries(pairsAt(inspected, ...path, 'DriverOpts')),
  };
  return { network, config };
}
