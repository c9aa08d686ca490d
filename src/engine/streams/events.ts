import type { IncomingMessage } from 'node:http';

import { containerId } from '../../model/id.ts';
import { availabilityLabel } from '../availability.ts';
import type { ContainerEvent, EventMark } from '../engine.ts';
import { engineError } from '../errors.ts';
import { label } from '../labels.ts';
import { lockOwner } from '../lock/labels.ts';
import { at, pairsAt, textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { readJsonLines } from './json-lines.ts';

/** What says something of a container's state. A healthcheck that runs every second says nothing by that. */
const actions = [
  ...['create', 'start', 'restart', 'kill', 'stop', 'die', 'oom', 'destroy'],
  ...['pause', 'unpause', 'rename', 'health_status'],
];

/**
 * What happens to a stack's containers, to its lock and to the engine's availability from now on. Never ends but by
 * throwing: subscribing again is the caller's.
 */
export async function* readEvents(
  session: Session,
  stack: string,
  signal: AbortSignal,
): AsyncGenerator<ContainerEvent> {
  const what = 'follow events';
  const chunks = await session.call(what, signal, async (docker) => {
    const query = { filters: { type: ['container'], event: actions } };
    return (await docker.getEvents({ abortSignal: signal, _query: query })) as IncomingMessage;
  });
  try {
    for await (const message of readJsonLines(chunks)) {
      const event = readEvent(message, stack);
      if (event !== undefined) yield event;
    }
    throw Object.assign(new Error('the engine ended the stream of events'), { code: 'ECONNRESET' });
  } catch (cause) {
    throw engineError(session.target, what, cause, signal);
  } finally {
    chunks.destroy();
  }
}

/** `undefined`: it concerns neither the stack nor a mark. */
function readEvent(message: unknown, stack: string): ContainerEvent | undefined {
  const attributes = at(message, 'Actor', 'Attributes');
  const exitCode = textAt(attributes, 'exitCode');
  const event = {
    container: containerId(textAt(message, 'Actor', 'ID')),
    action: textAt(message, 'Action'),
    service: textAt(attributes, label.service),
    exitCode: /^\d+$/.test(exitCode) ? Number(exitCode) : undefined,
  };
  if (textAt(attributes, label.project) === stack) return event;
  const mark = readMark(attributes, stack);
  return mark && { ...event, mark };
}

function readMark(attributes: unknown, stack: string): EventMark | undefined {
  const owner = lockOwner(stack, pairsAt({ attributes }, 'attributes'));
  if (owner !== undefined) return { kind: 'lock', run: owner.run, command: owner.command };
  return textAt(attributes, availabilityLabel) === '' ? undefined : { kind: 'availability' };
}
