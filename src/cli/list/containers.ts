import type { EngineName } from '../../model/id.ts';
import type { Observed, ObservedContainer } from '../../model/observed.ts';
import { ago, portsText, statusText } from './status.ts';
import type { Fields } from './template.ts';

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
  return observed.engines
    .flatMap(({ name, containers }) => containers.map((container) => ({ engine: name, container })))
    .filter(({ container }) => isChosen(container, choice))
    .toSorted((a, b) => (a.container.name < b.container.name ? -1 : 1));
}

function isChosen(container: ObservedContainer, { services, isAll, states, declared }: ContainerChoice): boolean {
  if (services.length > 0 && !services.includes(container.service)) return false;
  if (declared !== undefined && !declared.includes(container.service)) return false;
  if (states.length > 0) return states.includes(container.state);
  return isAll || (!container.isOneOff && ['running', 'paused', 'restarting'].includes(container.state));
}

export const containerColumns = ['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS'] as const;

/** Cells under {@link containerColumns}. */
export function containerCells({ container }: Located, today: number, isCut: boolean): readonly string[] {
  return [
    container.name,
    container.image,
    JSON.stringify(isCut ? cut(container.command, commandWidth) : container.command),
    container.service,
    ago(container.createdAt, today),
    statusText(container, today),
    portsText(container.ports),
  ];
}

const commandWidth = 20;

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** Names of {@link containerFields}, for templates. */
export const containerFieldNames = [
  'Command',
  'CreatedAt',
  'Engine',
  'ExitCode',
  'Health',
  'ID',
  'Image',
  'Labels',
  'LocalVolumes',
  'Mounts',
  'Name',
  'Names',
  'Networks',
  'Ports',
  'Project',
  'Publishers',
  'RunningFor',
  'Service',
  'State',
  'Status',
] as const;

/** The fields of Compose's `ps --format json`, and the engine. */
export function containerFields({ engine, container }: Located, project: string, today: number): Fields {
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
    Labels: container.labels.map(([key, value]) => `${key}=${value}`).join(','),
    LocalVolumes: String(volumes.length),
    Mounts: mounts.map(({ volume, source }) => volume || source).join(','),
    Name: name,
    Names: name,
    Networks: container.networks.map((network) => network.name).join(','),
    Ports: portsText(container.ports),
    Project: project,
    Publishers: container.ports.map(({ hostIp, published, target, protocol }) => ({
      URL: hostIp,
      TargetPort: target,
      PublishedPort: published,
      Protocol: protocol,
    })),
    RunningFor: ago(container.createdAt, today),
    Service: container.service,
    State: container.state,
    Status: statusText(container, today),
  };
}
