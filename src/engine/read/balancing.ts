import type { Readable } from 'node:stream';

import type { Balancing, Listener } from '../../model/balancing.ts';
import { type ContainerId, containerId } from '../../model/id.ts';
import { orAbsent } from '../errors.ts';
import type { Session } from '../session.ts';
import { appliedFile } from '../write/balancer-files.ts';
import { listAt, numberAt, parseJson, textAt, textsAt } from './answer.ts';

/** More than what a balancer in front of a thousand replicas was told. */
const maxBytes = 1024 * 1024;

/** What a balancer goes by, from its own files; `undefined` if it was never told, or what is there is not ours. */
export async function readBalancing(
  session: Session,
  id: ContainerId,
  signal: AbortSignal,
): Promise<Balancing | undefined> {
  const content = await orAbsent(
    session.call(`read from balancer ${id.slice(0, 12)}`, signal, async (docker) => {
      const sent = { abortSignal: signal, _query: { path: appliedFile } };
      const archive = (await docker.getContainer(id).getArchive(sent)) as Readable;
      const { firstFile } = await import('./archive.ts');
      return firstFile(archive, maxBytes);
    }),
  );
  return content === undefined ? undefined : parse(content);
}

function parse(content: string): Balancing | undefined {
  const json = parseJson(content);
  if (json === undefined) return undefined;
  const listeners = listAt(json, 'listeners').map(
    (it): Listener => ({ port: numberAt(it, 'port'), mode: textAt(it, 'mode') === 'http' ? 'http' : 'tcp' }),
  );
  return { listeners, servers: textsAt(json, 'servers').map(containerId) };
}
