import type { ForeignUse } from '../../model/observed.ts';
import { label } from '../labels.ts';
import type { Session } from '../session.ts';
import { listAt, numberAt, pairsAt, parseJson, textAt, textsAt } from './answer.ts';

/** What running containers outside the stack take of the engine: one list, however many there are. */
export function observeOthers(session: Session, stack: string, signal: AbortSignal): Promise<ForeignUse> {
  return session.call('list running containers', signal, async (docker) =>
    readOthers(listAt({ list: await docker.listContainers({ abortSignal: signal }) }, 'list'), stack),
  );
}

function readOthers(list: readonly unknown[], stack: string): ForeignUse {
  const others = list
    .map((summary) => ({ summary, labels: new Map(pairsAt(summary, 'Labels')) }))
    .filter(({ labels }) => labels.get(label.project) !== stack);
  const reserved = others.map(({ labels }) => readReserved(labels.get(label.reserved)));
  return {
    containers: others.length,
    cpuNanos: reserved.reduce((sum, { cpuNanos }) => sum + cpuNanos, 0),
    memoryBytes: reserved.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    ports: others.flatMap(({ summary }) => readPorts(summary)).toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
  };
}

/** Anybody can write a label: what is no amount reserves nothing. */
function readReserved(text: string | undefined): Pick<ForeignUse, 'cpuNanos' | 'memoryBytes'> {
  const found = parseJson(text ?? '');
  const amount = (key: string): number => Math.max(0, numberAt(found, key));
  return { cpuNanos: amount('cpuNanos'), memoryBytes: amount('memoryBytes') };
}

/** Published ports alone: a port without a number on the host is in nobody's way. */
function readPorts(summary: unknown): ForeignUse['ports'] {
  const container = nameOf(textsAt(summary, 'Names'));
  return listAt(summary, 'Ports').flatMap((port) => {
    const published = numberAt(port, 'PublicPort');
    const ends = { published, target: numberAt(port, 'PrivatePort'), protocol: textAt(port, 'Type') };
    return published === 0 ? [] : [{ hostIp: textAt(port, 'IP'), ...ends, container }];
  });
}

/** Names that came from links have a slash inside. */
const nameOf = (names: readonly string[]): string =>
  names.map((name) => name.replace(/^\//, '')).find((name) => !name.includes('/')) ?? '';

const orderOf = ({ published, protocol, hostIp, container }: ForeignUse['ports'][number]): string =>
  [String(published).padStart(5, '0'), protocol, hostIp, container].join(' ');
