import type { Hook } from '../../src/model/container.ts';
import { unreachable } from '../../src/model/result.ts';
import { findNetwork, requireAttachable } from './memory-swarm.ts';
import { isRunning, type MemoryContainer, type MemoryWorld, publish, refusal, write } from './memory-world.ts';

/** Starts the program of a container: already running is success, the network and the ports must be there. */
export function startProcess(world: MemoryWorld, container: MemoryContainer): void {
  if (container.state === 'running' || container.state === 'restarting') return;
  if (container.state === 'paused')
    throw refusal(world, 'rejected', 'cannot start a paused container, try unpause instead');
  write(world);
  for (const { id, name } of container.networks) {
    const found = findNetwork(world, id) ?? [...world.networks.values()].find((it) => it.name === name);
    if (found === undefined) throw refusal(world, 'not-found', `network ${id.slice(0, 12)} not found`);
    requireAttachable(world, found);
  }
  for (const id of container.joins) {
    const joined = world.containers.get(id);
    if (joined === undefined) throw refusal(world, 'not-found', `No such container: ${id.slice(0, 12)}`);
    if (!isRunning(joined)) throw refusal(world, 'conflict', 'cannot join network of a non running container');
  }
  const { refusesToStart } = world.behave(container.creation.spec, container.creation.slot);
  if (refusesToStart !== undefined) {
    container.exitCode = 127;
    throw refusal(world, 'rejected', refusesToStart);
  }
  container.ports = takePorts(world, container);
  run(world, container);
}

/** Stops it by signal; what ignores the signal is killed. */
export function stopProcess(world: MemoryWorld, container: MemoryContainer): void {
  if (container.state === 'paused')
    throw refusal(world, 'conflict', 'Container is paused. Unpause the container before stopping');
  if (container.state !== 'running' && container.state !== 'restarting') return;
  const { ignoresStop } = world.behave(container.creation.spec, container.creation.slot);
  end(world, container, ignoresStop === true ? 137 : 143);
}

/** Ends the program without asking it; a paused one too. */
export function killProcess(world: MemoryWorld, container: MemoryContainer): void {
  if (isRunning(container) || container.state === 'restarting') end(world, container, 137);
}

/** Runs a command beside the program of a container, which has to run. */
export function runCommand(
  world: MemoryWorld,
  container: MemoryContainer,
  { command }: Hook,
): { readonly exitCode: number; readonly output: readonly string[] } {
  if (container.state !== 'running')
    throw refusal(
      world,
      'conflict',
      `container ${container.id} is ${container.state === 'paused' ? 'paused' : 'not running'}`,
    );
  container.commands.push({ run: container.run, command: command.join(' ') });
  const { exitCode = 0, output = [] } =
    world.behave(container.creation.spec, container.creation.slot).commands?.[command.join(' ')] ?? {};
  return { exitCode, output };
}

/** Ends with its engine, which starts it again when it is back only where the policy is `always` or `on-failure`. */
export function startAfterOutage(world: MemoryWorld, container: MemoryContainer): void {
  const { condition } = container.creation.spec.restart;
  end(world, container, 137);
  if (condition !== 'always' && condition !== 'on-failure') return;
  const { run: thisRun } = container;
  world.clock.schedule(world.cutUntilMs, () => {
    if (container.run === thisRun && world.containers.has(container.id)) run(world, container);
  });
}

function run(world: MemoryWorld, container: MemoryContainer): void {
  const {
    exitsAfterMs,
    exitCode = 0,
    healthyAfterMs = 1000,
  } = world.behave(container.creation.spec, container.creation.slot);
  const now = world.clock.now();
  container.run += 1;
  container.state = 'running';
  container.startedAtMs = now;
  container.health = hasHealthcheck(world, container) ? 'starting' : 'none';
  publish(world, container, 'start');
  if (exitsAfterMs !== undefined) later(world, container, exitsAfterMs, () => exit(world, container, exitCode));
  if (container.health === 'none') return;
  const isHealthy = healthyAfterMs !== 'never';
  later(world, container, isHealthy ? healthyAfterMs : 3000, () => {
    container.health = isHealthy ? 'healthy' : 'unhealthy';
    publish(world, container, `health_status: ${container.health}`);
  });
}

function hasHealthcheck(world: MemoryWorld, { creation, imageId }: MemoryContainer): boolean {
  const { healthcheck } = creation.spec;
  if (healthcheck !== undefined) return healthcheck.kind === 'command';
  return [...world.images.values()].some((image) => image.id === imageId && image.hasHealthcheck);
}

/** Happens unless the program ended before. */
function later(world: MemoryWorld, container: MemoryContainer, ms: number, act: () => void): void {
  const { run: thisRun } = container;
  world.clock.schedule(world.clock.now() + ms, () => {
    if (container.run === thisRun && container.state === 'running' && world.containers.has(container.id)) act();
  });
}

/** The program ends by itself: the restart policy decides. */
function exit(world: MemoryWorld, container: MemoryContainer, exitCode: number): void {
  end(world, container, exitCode);
  if (!restarts(container)) return;
  container.state = 'restarting';
  const { run: thisRun } = container;
  const pauseMs = Math.min(60_000, 100 * 2 ** container.restartCount);
  world.clock.schedule(world.clock.now() + pauseMs, () => {
    if (container.state !== 'restarting' || container.run !== thisRun || !world.containers.has(container.id)) return;
    container.restartCount += 1;
    run(world, container);
  });
}

function restarts({ creation, exitCode, restartCount }: MemoryContainer): boolean {
  const { condition, maxAttempts } = creation.spec.restart;
  switch (condition) {
    case 'no':
      return false;
    case 'always':
    case 'unless-stopped':
      return true;
    case 'on-failure':
      return exitCode !== 0 && restartCount < (maxAttempts ?? Number.POSITIVE_INFINITY);
    default:
      return unreachable(condition);
  }
}

function end(world: MemoryWorld, container: MemoryContainer, exitCode: number): void {
  container.run += 1;
  container.state = 'exited';
  container.exitCode = exitCode;
  container.finishedAtMs = world.clock.now();
  container.ports = [];
  if (container.health !== 'none') container.health = 'unhealthy';
  publish(world, container, 'die');
}

/** Ports are taken when a container starts, not before. */
function takePorts(world: MemoryWorld, container: MemoryContainer): MemoryContainer['ports'] {
  const taken = new Set(
    [...world.containers.values()].flatMap(({ ports }) => ports.map((it) => `${it.published}/${it.protocol}`)),
  );
  return container.creation.spec.ports.map(({ target, protocol, published, hostIp }) => {
    const wanted = published ?? { from: 32_768, to: 60_999 };
    for (let number = wanted.from; number <= wanted.to; number++) {
      if (taken.has(`${number}/${protocol}`)) continue;
      taken.add(`${number}/${protocol}`);
      return { hostIp: hostIp ?? '0.0.0.0', published: number, target, protocol };
    }
    container.exitCode = 128;
    throw refusal(
      world,
      'rejected',
      `Bind for ${hostIp ?? '0.0.0.0'}:${wanted.from} failed: port is already allocated`,
    );
  });
}
