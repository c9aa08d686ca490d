import { listAt, numberAt, parseJson } from '../../read/answer.ts';
import type { Dockerfile } from '../context.ts';
import type { GrpcError } from './grpc.ts';
import type { BuildLog } from './progress.ts';

/** Where BuildKit says that a step stands in its Dockerfile. */
const sourceDetail = 'errdefs.Source+json';

/** A build's failure in words. */
interface BuildFailure {
  readonly message: string;
  readonly details: readonly string[];
  /** The image that it was about to pull. */
  readonly pulled: string | undefined;
}

/** What to say of a build that failed: the step and why, and below it its Dockerfile line and last output. */
export function buildFailure(
  error: GrpcError,
  failed: ReturnType<BuildLog['failed']>,
  dockerfile: Dockerfile | undefined,
): BuildFailure {
  const reason = failed?.error ?? error.message.replace(/^failed to solve(?: with frontend [\w.-]+)?: /, '');
  const message = failed === undefined ? reason : `${failed.name}: ${withoutName(reason)}`;
  const pulled = /(?:load metadata for|resolve image config for) (\S+)$/.exec(failed?.name ?? '')?.[1];
  return { pulled, message, details: [...(failed?.lines ?? []), ...sourceLines(error, failed, dockerfile)] };
}

/** The command is in the step's name already. */
const withoutName = (reason: string): string =>
  reason.replace(/^process ".*" did not complete successfully: |^executor failed running \[.*\]: /s, '');

/** `Dockerfile:3` and the lines of the instruction. */
function sourceLines(
  error: GrpcError,
  failed: ReturnType<BuildLog['failed']>,
  dockerfile: Dockerfile | undefined,
): readonly string[] {
  if (dockerfile === undefined) return [];
  const place = placeOf(error) ?? findInstruction(dockerfile.text, failed?.name ?? '');
  if (place === undefined) return [];
  const lines = dockerfile.text.split('\n').slice(place.first - 1, place.last);
  const name = dockerfile.isInContext ? dockerfile.path : 'Dockerfile';
  return [`${name}:${place.first}`, ...lines.map((line, index) => `${place.first + index} | ${line}`)];
}

interface Place {
  readonly first: number;
  readonly last: number;
}

/** The lines that BuildKit names, counted from 1. */
function placeOf(error: GrpcError): Place | undefined {
  const encoded = [...error.details].find(([type]) => type.endsWith(sourceDetail))?.[1];
  if (encoded === undefined) return undefined;
  const ranges = listAt(parseJson(Buffer.from(encoded).toString('utf8')), 'ranges');
  const lines = ranges.flatMap((range) => [numberAt(range, 'start', 'line'), numberAt(range, 'end', 'line')]);
  const known = lines.filter((line) => line > 0);
  return known.length === 0 ? undefined : { first: Math.min(...known), last: Math.max(...known) };
}

/** Where an instruction stands, for a BuildKit that does not say: the one that reads like the step. */
function findInstruction(text: string, step: string): Place | undefined {
  const wanted = collapse(step.replace(/^\[[^\]]*\] /, ''));
  const lines = text.split('\n');
  for (let first = 0; first < lines.length; first += 1) {
    let last = first;
    while (/\\\s*$/.test(lines[last] ?? '') && last + 1 < lines.length) last += 1;
    const instruction = lines.slice(first, last + 1).map((line) => line.replace(/\\\s*$/, ''));
    if (wanted !== '' && collapse(instruction.join(' ')) === wanted) return { first: first + 1, last: last + 1 };
  }
  return undefined;
}

const collapse = (text: string): string => text.replace(/\s+/g, ' ').trim();
