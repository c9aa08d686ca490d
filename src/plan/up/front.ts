import type { Balancer, Listener } from '../../model/balancing.ts';
import type { DesiredService } from '../../model/desired.ts';
import { imageAddress, replicaAddress } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { ContainerRef, Operation, StepId } from '../../model/plan.ts';
import type { History } from '../../model/request.ts';
import { holdsShared } from '../balance/ports.ts';
import { isLive } from '../fleet.ts';
import type { Up } from './context.ts';
import { addWait, observedRef, proofOf } from './replica/gate.ts';
import { planReplica } from './replica/replica.ts';
import { isFresh } from './replica/verdict.ts';
import type { Filling, Front, Replica, ReplicaSite, Shift } from './site.ts';

/** One balancer as the plan leaves it so far. */
interface Post {
  readonly site: ReplicaSite;
  readonly container: ContainerRef;
  /** Undefined: it serves, and what becomes of itself is planned when its service is. */
  readonly replica: Replica | undefined;
  /** Where it sends, as text to compare; undefined if it was never told. */
  told: string | undefined;
  servers: readonly ContainerRef[];
  /** The last steps about it. */
  last: readonly StepId[];
  isOpen: boolean;
}

/**
 * The balancers of one service, and what they are told while it changes.
 *
 * Those that are not there yet are made first and told like the others, so that all that is left to do when the port
 * becomes free is to start them. A balancer that serves sends to new containers once they are proven.
 */
export class PlannedFront implements Front {
  readonly #service: DesiredService;
  readonly #balancer: Balancer;
  readonly #posts: readonly Post[];
  /** Steps after which a container that held the port is stopped. */
  readonly #freed = new Map<ObservedContainer, readonly StepId[]>();
  readonly isHalted: boolean;

  constructor(service: DesiredService, balancer: Balancer, sites: readonly ReplicaSite[]) {
    this.#service = service;
    this.#balancer = balancer;
    this.isHalted = sites.some(isGivenUp);
    this.#posts = this.isHalted ? [] : sites.flatMap(post);
  }

  shift({ from, to }: Shift, after: readonly StepId[]): readonly StepId[] {
    const steps = this.#posts.flatMap((it) => {
      const rest = it.servers.filter((server) => !isSame(server, observedRef(from.id)));
      const servers = to === undefined || rest.some((server) => isSame(server, to)) ? rest : [...rest, to];
      if (servers.length === 0) return [];
      this.#tell(it, servers, after);
      if (this.#isFree(it) && this.#holders(it).length > 0) this.#open(it, []);
      return it.last;
    });
    return steps.length > 0 ? [...after, ...steps] : after;
  }

  free(container: ObservedContainer, steps: readonly StepId[]): void {
    this.#freed.set(container, steps);
    for (const it of this.#posts) if (this.#holders(it).includes(container) && this.#isFree(it)) this.#open(it, []);
  }

  settle(replicas: readonly Replica[]): readonly StepId[] {
    for (const it of this.#posts) {
      const serving = servingOf(replicas, it.site.up.input.history);
      if (serving.length === 0) continue;
      const proofs = it.isOpen ? this.#prove(it, serving) : [];
      this.#tell(
        it,
        serving.map(({ container }) => container),
        proofs,
      );
      if (this.#isFree(it))
        this.#open(
          it,
          serving.flatMap(({ started }) => started),
        );
    }
    return this.#posts.flatMap(({ last }) => last);
  }

  /** The balancers' own replicas, planned when those of the service are. */
  replicas(): readonly Replica[] {
    return this.#posts.map((it) => {
      const { site, replica, last } = it;
      if (replica !== undefined)
        return { ...replica, ...(it.isOpen && { kept: undefined, started: last }), ended: last };
      const fill = (filling: Filling): readonly StepId[] => this.#fill(it, filling);
      return planReplica({ ...site, mayStart: () => last, fill });
    });
  }

  /** What takes the place of a balancer that serves is told the same before it starts. */
  #fill(origin: Post, { container, ready, known }: Filling): readonly StepId[] {
    const { told } = toldTo(known, origin.site.up);
    const next = { ...origin, container, told, last: ready };
    this.#tell(next, origin.servers, origin.last);
    return next.last;
  }

  #tell(it: Post, servers: readonly ContainerRef[], after: readonly StepId[]): void {
    const { listeners, service } = this.#balancer;
    const telling = textOf(listeners, servers);
    it.servers = servers;
    if (it.told === telling) return;
    const made = servers.flatMap((server) => (server.from === 'step' ? [server.step] : []));
    const count = `${servers.length} ${servers.length === 1 ? 'replica' : 'replicas'}`;
    const base = { ...baseOf(it.site), reasons: [`sends to ${count} of ${service}`] };
    const { container, last } = it;
    const waits = [...after, ...last, ...made];
    it.last = [it.site.up.builder.add({ kind: 'balance', ...base, container, listeners, servers }, waits)];
    it.told = telling;
  }

  /** A replica that is not sent to yet has to prove itself first. */
  #prove({ servers, site }: Post, serving: readonly Serving[]): readonly StepId[] {
    const added = serving.filter(({ container }) => !servers.some((server) => isSame(server, container)));
    const { name, container: spec } = this.#service;
    return added.flatMap((replica) => {
      const until = proofOf(spec, replica.engine.images.get(spec.image));
      return addWait(site.up.builder, replica, {
        service: name,
        spec,
        until,
        reason: 'the load balancer is to send to it',
      });
    });
  }

  /** Containers of the service that hold the balancer's port, or did before this plan. */
  #holders({ site }: Post): readonly ObservedContainer[] {
    const ports = this.#service.balancedPorts ?? [];
    return site.engine.containers.filter(
      (it) => it.service === this.#service.name && isLive(it) && holdsShared(it, ports),
    );
  }

  #isFree(it: Post): boolean {
    return this.#holders(it).every((holder) => this.#freed.has(holder));
  }

  #open(it: Post, after: readonly StepId[]): void {
    const { site, replica, container } = it;
    const hasEnded = replica?.kept !== undefined && isFresh(site, replica.kept.id);
    if (it.isOpen || it.told === undefined || !site.up.request.start || hasEnded) return;
    const reasons = site.containers.length === 0 ? site.missing.slice(0, 1) : ['it does not run'];
    const free = this.#holders(it).flatMap((holder) => this.#freed.get(holder) ?? []);
    const waits = [...it.last, ...free, ...after];
    it.last = [site.up.builder.add({ kind: 'start-container', ...baseOf(site), reasons, container }, waits)];
    it.isOpen = true;
  }
}

/** What stands in front of a service, given where each of its balancers belongs. */
function post(site: ReplicaSite): readonly Post[] {
  const { up, networks, containers } = site;
  const serving = containers.find((it) => isLive(it) && networks.stopOf(it.id) === undefined);
  if (serving !== undefined && up.request.start) {
    const container = observedRef(serving.id);
    const last = awake(site, serving);
    const found = containers.map((it) => (it === serving ? { ...it, state: 'running' as const } : it));
    const standing = last.length === 0 ? site : { ...site, containers: found };
    return [{ site: standing, container, replica: undefined, ...toldTo(serving, up), last, isOpen: true }];
  }
  const replica = planReplica({ ...site, up: { ...up, request: { ...up.request, start: false } } });
  const { container, kept, ended } = replica;
  const isOpen = kept !== undefined && isLive(kept);
  return container === undefined ? [] : [{ site, container, replica, ...toldTo(kept, up), last: ended, isOpen }];
}

/** One that is paused could not hear. */
function awake(site: ReplicaSite, { id, state }: ObservedContainer): readonly StepId[] {
  if (state !== 'paused') return [];
  const base = { ...baseOf(site), reasons: ['the container is paused'] };
  return [site.up.builder.add({ kind: 'unpause-container', ...base, container: id })];
}

function toldTo(container: ObservedContainer | undefined, { fleet }: Up): Pick<Post, 'told' | 'servers'> {
  const balancing = container?.balancing;
  if (balancing === undefined) return { told: undefined, servers: [] };
  const all = balancing.servers.map(observedRef);
  const live = new Set([...fleet.values()].flat().flatMap((it) => (isLive(it.container) ? it.container.id : [])));
  return {
    told: textOf(balancing.listeners, all),
    servers: balancing.servers.filter((id) => live.has(id)).map(observedRef),
  };
}

/** In which order servers stand makes no difference. */
function textOf(listeners: readonly Listener[], servers: readonly ContainerRef[]): string {
  const keys = servers.map((it) => (it.from === 'step' ? `#${it.step}` : it.id)).toSorted();
  return JSON.stringify([...listeners.map(({ port, mode }) => `${port}/${mode}`), ...keys]);
}

const isSame = (a: ContainerRef, b: ContainerRef): boolean => textOf([], [a]) === textOf([], [b]);

/** A step about the balancer failed for good, or there is no image to make it of. */
function isGivenUp({ up, engine, service, isGivenUp: isFailed }: ReplicaSite): boolean {
  const image = imageAddress(service.container.image);
  return isFailed || up.input.history.givenUp.some((it) => it.engine === engine.name && it.address === image);
}

type Serving = Replica & { readonly container: ContainerRef };

/** Replicas to send to: those that run or will, and of these the ones that are well, as far as there are such. */
function servingOf(replicas: readonly Replica[], { failed }: History): readonly Serving[] {
  const present = replicas.filter(
    (it): it is Serving =>
      it.container !== undefined && !(it.container.from === 'observed' && failed.has(it.container.id)),
  );
  const running = present.filter(({ kept, started }) => started.length > 0 || (kept !== undefined && isLive(kept)));
  const well = running.filter(({ kept }) => kept?.health !== 'unhealthy');
  return [well, running, present].find((some) => some.length > 0) ?? [];
}

const baseOf = ({ engine, service, slot }: ReplicaSite): Pick<Operation, 'engine' | 'address'> => ({
  engine: engine.name,
  address: replicaAddress(service.name, slot),
});
