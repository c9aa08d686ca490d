import type { Span } from '../model/diagnostic.ts';

/** A variable that stack files may speak of, with the line that set it. */
export interface Variable {
  readonly value: string;
  readonly origin: Span;
}

/** Variables by name: those of the process, then of `.env` files. */
export type Environment = ReadonlyMap<string, Variable>;

/** The variables of the first environment, and those of the second that the first does not have. */
export function beneath(first: Environment, second: Environment): Environment {
  return new Map([...second, ...first]);
}
