import { EngineError } from '../engine.ts';
import { textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';

/** Once progress has begun, the status is 200 whatever happens; a failure is a message in the stream. */
export function throwIfError(session: Session, what: string, message: unknown): void {
  const error = textAt(message, 'errorDetail', 'message') || textAt(message, 'error');
  if (error !== '') throw new EngineError('rejected', session.target.name, `${what}: ${error}`);
}
