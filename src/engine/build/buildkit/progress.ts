import { StringDecoder } from 'node:string_decoder';

import type { Status, Vertex } from './control.ts';

/** Lines of output that a failed step is shown with. */
const keptLines = 20;
const maxLineLength = 4096;

/** What is known of a step. */
interface Step {
  readonly number: number;
  readonly name: string;
  readonly decoder: StringDecoder;
  readonly lastLines: string[];
  rest: string;
  isTold: boolean;
  isDone: boolean;
}

/** Turns reports into lines, and remembers what a failure is explained with. */
export interface BuildLog {
  /** Lines to show: `#3 [2/4] RUN make`, `#3 its output`, `#3 CACHED`, `#3 DONE 1.2s`. */
  readonly note: (status: Status) => readonly string[];
  /** The step that failed, and the last lines of its output. */
  readonly failed: () =>
    | { readonly name: string; readonly error: string; readonly lines: readonly string[] }
    | undefined;
}

/** Steps are numbered as they begin. A step is told once, however often BuildKit says that it began. */
export function createBuildLog(): BuildLog {
  const steps = new Map<string, Step>();
  let failure: { readonly step: Step; readonly error: string } | undefined;
  const stepOf = (digest: string, name: string): Step => {
    const found = steps.get(digest) ?? newStep(steps.size + 1, name);
    steps.set(digest, found);
    return found;
  };
  const noteVertex = (vertex: Vertex): readonly string[] => {
    if (vertex.startedMs === undefined && !vertex.isCached) return [];
    const step = stepOf(vertex.digest, vertex.name);
    const lines = step.isTold ? [] : [`#${step.number} ${vertex.name}`];
    step.isTold = true;
    if (vertex.completedMs === undefined || step.isDone) return lines;
    step.isDone = true;
    // A step that was ended because another one failed says that it was canceled.
    const isCanceled = vertex.error.includes('context canceled');
    if (vertex.error !== '' && !isCanceled) failure ??= { step, error: vertex.error };
    return [...lines, ...flush(step), `#${step.number} ${ending(vertex, isCanceled)}`];
  };
  return {
    note: ({ vertices, logs, warnings }) => [
      // Output belongs before the end of its step, which may be told in the same report.
      ...vertices.filter(({ completedMs }) => completedMs === undefined).flatMap(noteVertex),
      ...logs.flatMap(({ vertex, bytes }) => {
        const step = steps.get(vertex);
        return step === undefined ? [] : linesOf(step, bytes);
      }),
      ...vertices.filter(({ completedMs }) => completedMs !== undefined).flatMap(noteVertex),
      ...warnings.map((text) => `WARNING: ${text}`),
    ],
    failed: () => failure && { name: failure.step.name, error: failure.error, lines: failure.step.lastLines },
  };
}

const newStep = (number: number, name: string): Step => ({
  number,
  name,
  decoder: new StringDecoder('utf8'),
  lastLines: [],
  rest: '',
  isTold: false,
  isDone: false,
});

function ending({ isCached, error, startedMs = 0, completedMs = 0 }: Vertex, isCanceled: boolean): string {
  if (isCanceled) return 'CANCELED';
  if (error !== '') return `ERROR: ${error}`;
  return isCached ? 'CACHED' : `DONE ${(Math.max(0, completedMs - startedMs) / 1000).toFixed(1)}s`;
}

/** Whole lines of a step's output; of a line that is drawn over again and again, what it ends as. */
function linesOf(step: Step, bytes: Uint8Array): readonly string[] {
  const lines = (step.rest + step.decoder.write(Buffer.from(bytes))).split('\n');
  step.rest = (lines.pop() ?? '').slice(-maxLineLength);
  return lines.flatMap((line) => keep(step, line));
}

function flush(step: Step): readonly string[] {
  const rest = step.rest;
  step.rest = '';
  return rest === '' ? [] : keep(step, rest);
}

function keep(step: Step, line: string): readonly string[] {
  const drawn = line.replace(/\r+$/, '');
  const shown = drawn.slice(drawn.lastIndexOf('\r') + 1).slice(0, maxLineLength);
  if (shown.trim() === '') return [];
  step.lastLines.push(shown);
  if (step.lastLines.length > keptLines) step.lastLines.shift();
  return [`#${step.number} ${shown}`];
}
