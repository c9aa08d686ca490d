import type { Engine } from '../engine/engine.ts';
import type { Locker } from './locker.ts';
import type { Signals } from './signals.ts';

/** Where text goes. Writing never fails for the caller: a reader that went away is the entry's matter. */
export interface Output {
  readonly write: (text: string) => void;
  /** What reporters draw on. */
  readonly stream: NodeJS.WriteStream;
  readonly isTerminal: boolean;
}

/** What the command line says of the engines to talk to, and of the stack file that a list of them may stand beside. */
export interface EngineChoice {
  readonly hosts: readonly string[];
  readonly contexts: readonly string[];
  readonly enginesFile: string | undefined;
  readonly files: readonly string[];
  readonly projectDirectory: string | undefined;
  readonly ansi: 'never' | 'always' | 'auto';
  readonly progress: 'auto' | 'tty' | 'plain' | 'json' | 'quiet';
}

/** Everything of the outside world that a command may touch, made once at the start and handed down. */
export interface Context {
  readonly environment: ReadonlyMap<string, string>;
  /** Absolute. */
  readonly workingDir: string;
  readonly homeDir: string | undefined;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asks a person and gives the line typed; `undefined` where nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Standard input to its end, at most `limit` bytes and one more. */
  readonly readStdin: (limit: number) => Promise<Uint8Array>;
  /** Monotonic milliseconds: for what lasts. */
  readonly now: () => number;
  /** The wall clock in milliseconds since 1970: for ages that people read. */
  readonly today: () => number;
  readonly signals: Signals;
  /** Who we are to other runs. */
  readonly locker: () => Promise<Locker>;
  /** The engines that the choice and the environment name; rejects with an `EngineError` or a `UsageError`. */
  readonly connect: (choice: EngineChoice) => Promise<readonly Engine[]>;
  /** Where those engines were read from, in words. */
  readonly engineSource: (choice: EngineChoice) => Promise<string>;
}

/** A variable of ours or else Compose's: `STACK_FILE` before `COMPOSE_FILE`. Empty counts as unset. */
export function variable(
  environment: ReadonlyMap<string, string>,
  name: string,
): { readonly name: string; readonly value: string } | undefined {
  return [`STACK_${name}`, `COMPOSE_${name}`]
    .map((full) => ({ name: full, value: environment.get(full) ?? '' }))
    .find(({ value }) => value !== '');
}

/** Reads a switch of the environment as Compose does: `1`, `true`, `yes`, `on` in any case. */
export function isOn(environment: ReadonlyMap<string, string>, name: string): boolean {
  return /^(1|t|true|y|yes|on)$/i.test(variable(environment, name)?.value ?? '');
}
