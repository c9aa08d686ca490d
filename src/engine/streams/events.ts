import type { IncomingMessage } from 'node:http';

import { containerId } from '../../model/id.ts';
import type { ContainerEvent } from '../engine.ts';
import { engineError } from '../errors.ts';
import { label } from '../labels.ts';
import { at, textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { readJsonLines } from './json-lines.ts';

/** What happens to a stack's containers from now on. Never ends but by throwing: subscribing again is the caller's. */
export async function* readEvents(
  session: Session,
  stack: string,
  signal: AbortSignal,
): AsyncGenerator<ContainerEvent> {
  const what = 'follow events';
  const chunks = await session.call(what, signal, async (docker) => {
    const query = { filters: { type: ['container'], label: [`${label.project}=${stack}`] } };
    return (await docker.getEvents({ abortSignal: signal, _query: query })) as IncomingMessage;
  });
  try {
    for await (const message of readJsonLines(chunks)) yield readEvent(message);
    throw Object.assign(new Error('the engine ended the stream of events'), { code: 'ECONNRESET' });
  } catch (cause) {
    throw engineError(session.target, what, cause, signal);
  } finally {
    chunks.destroy();
  }
}

function readEvent(message: unknown): ContainerEvent {
  const attributes = at(message, 'Actor', 'Attributes');
  const exitCode = textAt(attributes, 'exitCode');
  return {
    container: containerId(textAt(message, 'Actor', 'ID')),
    action: textAt(message, 'Action'),
    service: textAt(attributes, label.service),
    exitCode: /^\d+$/.test(exitCode) ? Number(exitCode) : undefined,
  };
}
