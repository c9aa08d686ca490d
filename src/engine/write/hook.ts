import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout } from 'node:timers/promises';

import type { Hook } from '../../model/container.ts';
import type { ContainerId } from '../../model/id.ts';
import { EngineError, type Work } from '../engine.ts';
import { engineError } from '../errors.ts';
import { at, numberAt, requireId } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { readFrames } from '../streams/frames.ts';

/** What is kept of one line of output. */
const maxLineLength = 4096;
const pollMs = 100;

/** Runs a command in a container and waits for its end. */
export async function runHook(
  session: Session,
  id: ContainerId,
  { hook, work }: { readonly hook: Hook; readonly work: Work },
): Promise<number> {
  const { signal, report } = work;
  const what = `run a command in container ${id.slice(0, 12)}`;
  const exec = await session.call(what, signal, async (docker) => {
    const { id: made } = await docker.getContainer(id).exec({ abortSignal: signal, _body: execBody(hook) });
    return requireId(made);
  });
  const chunks = await session.call(what, signal, async (docker) => {
    const body = { Detach: false, Tty: false };
    return (await docker.getExec(exec).start({ abortSignal: signal, _body: body })) as IncomingMessage;
  });
  try {
    await readOutput(chunks, (text) => {
      report({ kind: 'text', text });
    });
  } catch (cause) {
    throw engineError(session.target, what, cause, signal);
  } finally {
    chunks.destroy();
  }
  return awaitExit(session, exec, { what, signal });
}

const execBody = ({ command, user, privileged, workingDir, environment }: Hook): object => ({
  AttachStdout: true,
  AttachStderr: true,
  Cmd: command,
  User: user,
  Privileged: privileged,
  WorkingDir: workingDir,
  Env: environment,
});

/** The output may end before the command does: it ends whenever the connection does. */
async function awaitExit(
  session: Session,
  exec: string,
  { what, signal }: { readonly what: string; readonly signal: AbortSignal },
): Promise<number> {
  for (;;) {
    const state = await session.call(what, signal, (docker) => docker.getExec(exec).inspect({ abortSignal: signal }));
    const isOver = at(state, 'Running') === false && typeof at(state, 'ExitCode') === 'number';
    if (isOver) return numberAt(state, 'ExitCode');
    await setTimeout(pollMs, undefined, { signal }).catch(() => {
      throw new EngineError('aborted', session.target.name, `${what}: interrupted`);
    });
  }
}

/** Lines of both streams in the order in which they end. */
async function readOutput(chunks: AsyncIterable<Buffer>, tell: (line: string) => void): Promise<void> {
  const streams = { stdout: startOutput(tell), stderr: startOutput(tell) };
  for await (const { stream, content } of readFrames(chunks)) streams[stream].add(content);
  streams.stdout.end();
  streams.stderr.end();
}

interface Output {
  readonly add: (bytes: Buffer) => void;
  /** The last line, which may have no end. */
  readonly end: () => void;
}

function startOutput(tell: (line: string) => void): Output {
  const decoder = new StringDecoder('utf8');
  let line = '';
  const add = (text: string): void => {
    const [first = '', ...rest] = text.split('\n');
    line += first.slice(0, Math.max(0, maxLineLength - line.length));
    for (const next of rest) {
      tell(line.replace(/\r$/, ''));
      line = next.slice(0, maxLineLength);
    }
  };
  return {
    add: (bytes) => {
      add(decoder.write(bytes));
    },
    end: () => {
      add(decoder.end());
      if (line !== '') tell(line);
    },
  };
}
