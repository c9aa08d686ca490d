import type { EngineName } from '../../model/id.ts';
import type { Observed, ObservedContainer } from '../../model/observed.ts';
import { age, containerStatus } from '../text/ages.ts';
import { commandColumn, portsColumn } from '../text/columns.ts';
import type { TemplateRow } from '../text/template.ts';

/** A container and the engine that it is on. */
export interface Located {
  readonly engine: EngineName;
  readonly container: ObservedContainer;
}

/** Which containers `ps` shows. */
export interface ContainerChoice {
  readonly services: readonly string[];
  /** Also what does not run, and one-off containers. */
  readonly isAll: boolean;
  /** Any of these states; empty is no filter. */
  readonly states: readonly string[];
  /** Services of the file; `undefined` shows orphans too. */
  readonly declared: readonly string[] | undefined;
}

/** Containers that the choice leaves, by name. */
export function chooseContainers(observed: Observed, choice: ContainerChoice): readonly Located[] {
  return locate(observed)
    .filter(({ container }) => isChosen(container, choice))
    .toSorted((a, b) => (a.container.name < b.container.name ? -1 : 1));
}

/** Every container with its engine. */
export function locate({ engines }: Observed): readonly Located[] {
  return engines.flatMap(({ name, containers }) => containers.map((container) => ({ engine: name, container })));
}

/** `web-1` before a line of output: the name without the stack's; with several engines `web-1 on east`. */
export function lineName({ engine, container }: Located, stack: string, hasEngines: boolean): string {
  const { name } = container;
  const short = name.startsWith(`${stack}-`) ? name.slice(stack.length + 1) : name;
  return hasEngines ? `${short} on ${engine}` : short;
}

function isChosen(container: ObservedContainer, { services, isAll, states, declared }: ContainerChoice): boolean {
  if (services.length > 0 && !services.includes(container.service)) return false;
  if (declared !== undefined && !declared.includes(container.service)) return false;
  if (states.length > 0) return states.includes(container.state);
  return isAll || (!container.isOneOff && ['running', 'paused', 'restarting'].includes(container.state));
}

export const containerColumns = ['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS'] as const;

/** Cells under {@link containerColumns}. */
export function containerCells({ container }: Located, today: number, noTrunc: boolean): readonly string[] {
  return [
    container.name,
    container.image,
    commandColumn(container.command, { noTrunc }),
    container.service,
    age(container.createdAt, today),
    containerStatus(container, today),
    portsColumn(container.ports),
  ];
}

/** The fields that templates know, with their column titles. */
export const containerHeaders: ReadonlyMap<string, string> = new Map([
  ['Command', 'COMMAND'],
  ['CreatedAt', 'CREATED AT'],
  ['Engine', 'ENGINE'],
  ['ExitCode', 'EXIT CODE'],
  ['Health', 'HEALTH'],
  ['ID', 'CONTAINER ID'],
  ['Image', 'IMAGE'],
  ['Labels', 'LABELS'],
  ['LocalVolumes', 'LOCAL VOLUMES'],
  ['Mounts', 'MOUNTS'],
  ['Name', 'NAME'],
  ['Names', 'NAMES'],
  ['Networks', 'NETWORKS'],
  ['Ports', 'PORTS'],
  ['Project', 'PROJECT'],
  ['Publishers', 'PUBLISHERS'],
  ['RunningFor', 'CREATED'],
  ['Service', 'SERVICE'],
  ['State', 'STATE'],
  ['Status', 'STATUS'],
]);

/** The fields of Compose's `ps --format json`, and the engine. */
export function containerFields({ engine, container }: Located, project: string, today: number): TemplateRow {
  const { name, mounts } = container;
  const volumes = mounts.filter(({ type }) => type === 'volume');
  return {
    Command: JSON.stringify(container.command),
    CreatedAt: container.createdAt,
    Engine: engine,
    ExitCode: container.exitCode,
    Health: container.health === 'none' ? '' : container.health,
    ID: container.id,
    Image: container.image,
    Labels: labelsText(container),
    LocalVolumes: String(volumes.length),
    Mounts: mounts.map(({ volume, source }) => volume || source).join(','),
    Name: name,
    Names: name,
    Networks: container.networks.map((network) => network.name).join(','),
    Ports: portsColumn(container.ports),
    Project: project,
    Publishers: container.ports.map(({ hostIp, published, target, protocol }) => ({
      URL: hostIp,
      TargetPort: target,
      PublishedPort: published,
      Protocol: protocol,
    })),
    RunningFor: age(container.createdAt, today),
    Service: container.service,
    State: container.state,
    Status: containerStatus(container, today),
  };
}

/** As docker joins them. The label that records a whole specification is for us, and full of commas. */
function labelsText({ labels }: ObservedContainer): string {
  return labels
    .filter(([key]) => key !== 'stack.spec')
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
