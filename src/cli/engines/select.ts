import { identityOf, isExposed } from '../../engine/address.ts';
import { type EndpointRequest, type EndpointWorld, resolveEndpoint } from '../../engine/endpoint.ts';
import type { NamedEndpoint } from '../../engine/target.ts';
import { engineName } from '../../model/id.ts';
import type { EngineMember } from '../../model/inventory.ts';
import type { EngineChoice } from '../context.ts';
import { UsageError } from '../exit.ts';
import { readHosts } from './hosts.ts';
import { absolute, findBesideStack, findOfUser, type Places } from './locate.ts';

/** Which engines are meant, and who said so. Nothing was contacted. */
export interface Selection {
  /** In words: `/srv/shop/engines.yaml`, `DOCKER_HOST`. */
  readonly source: string;
  readonly engines: readonly ChosenEngine[];
  /** What a person should know of the choice. */
  readonly warnings: readonly string[];
}

/** An engine to connect to. */
export interface ChosenEngine {
  readonly endpoint: NamedEndpoint;
  /** What a list says of it; `undefined`: it is in none. */
  readonly member: EngineMember | undefined;
}

/** What choosing may look at; lists are read by whoever can show what is wrong with them. */
export interface World extends Places, EndpointWorld {
  readonly readList: (path: string) => Promise<readonly ChosenEngine[]>;
}

/**
 * The engines that are meant, the most explicit word first: `-H`, `--context`, `--engines`, `STACK_ENGINES`, the docker
 * client's variables, a list beside the stack file, the user's list, the docker client's default.
 */
export async function selectEngines(choice: EngineChoice, world: World): Promise<Selection> {
  const { hosts, contexts, enginesFile } = choice;
  if (hosts.length > 0 && contexts.length > 0) {
    throw new UsageError('either --host or --context can be given, not both', 'leave out one of them');
  }
  if (hosts.length > 0) return byHosts(hosts, world);
  if (contexts.length > 0) return byContexts(contexts, world);
  const named = enginesFile ?? set(world, 'STACK_ENGINES');
  if (named !== undefined) return byList(absolute(named, world.workingDir), world);
  const beside = findBesideStack(choice, world);
  const words = ['DOCKER_HOST', 'DOCKER_CONTEXT'].find((name) => set(world, name) !== undefined);
  if (words !== undefined) return byDocker(words, world, beside);
  const list = beside ?? findOfUser(world);
  return list === undefined ? byDocker("the docker client's default", world, undefined) : byList(list, world);
}

/** Empty counts as unset. */
function set({ environment }: World, name: string): string | undefined {
  const value = environment.get(name);
  return value === '' ? undefined : value;
}

function byHosts(hosts: readonly string[], world: World): Selection {
  const engines = readHosts(hosts).map(({ name, address }) => {
    const found = resolve({ host: address, context: undefined }, world);
    return { member: undefined, endpoint: name === undefined ? found : { ...found, name: engineName(name) } };
  });
  return selected('--host', engines, world);
}

function byContexts(contexts: readonly string[], world: World): Selection {
  const engines = contexts.map((context) => ({
    member: undefined,
    endpoint: resolve({ host: undefined, context }, world),
  }));
  return selected('--context', engines, world);
}

async function byList(path: string, world: World): Promise<Selection> {
  return { source: path, engines: await world.readList(path), warnings: [] };
}

function byDocker(source: string, world: World, unused: string | undefined): Selection {
  const endpoint = resolve({ host: undefined, context: undefined }, world);
  const { warnings, ...rest } = selected(source, [{ endpoint, member: undefined }], world);
  if (unused === undefined) return { ...rest, warnings };
  return { ...rest, warnings: [`${unused} is not used, because ${source} is set: --engines names it`, ...warnings] };
}

function resolve(request: EndpointRequest, world: World): NamedEndpoint {
  const found = resolveEndpoint(request, world);
  if (!found.ok) throw new UsageError(found.error.message, found.error.hint);
  return found.value;
}

function selected(source: string, engines: readonly ChosenEngine[], world: World): Selection {
  const known = new Map<string, NamedEndpoint>();
  for (const { endpoint } of engines) {
    const twin = [...known.values()].find(({ name }) => name === endpoint.name);
    const same = known.get(identityOf(endpoint.endpoint)) ?? twin;
    if (same !== undefined) {
      const hint = twin === undefined ? 'name each engine once' : 'call them NAME=ADDRESS';
      throw new UsageError(`engines ${same.name} and ${endpoint.name} (${source}) are the same`, hint);
    }
    known.set(identityOf(endpoint.endpoint), endpoint);
  }
  const exposed = engines.filter(({ endpoint }) => isExposed(endpoint.endpoint));
  if (exposed.length === 0 || set(world, 'STACK_ALLOW_PLAIN_TCP') !== undefined)
    return { source, engines, warnings: [] };
  const addresses = exposed.map(({ endpoint }) => endpoint.address).join(', ');
  const warning = `${addresses}: no verified TLS, so whoever is between owns the engine; use ssh:// or TLS (STACK_ALLOW_PLAIN_TCP=1 says that it is meant)`;
  return { source, engines, warnings: [warning] };
}
