import type { Environment } from '../text/color.ts';
import { jsonReporter } from './json.ts';
import { plainReporter } from './plain.ts';
import { quietReporter } from './quiet.ts';
import type { Reporter, ReporterOutput } from './reporter.ts';
import { terminalReporter } from './terminal.ts';

const progressModes = ['auto', 'tty', 'plain', 'json', 'quiet'] as const;

/** `--progress`: how a run is told. */
export type ProgressMode = (typeof progressModes)[number];

/** True for the words that `--progress` takes. */
export function isProgressMode(text: string): text is ProgressMode {
  return progressModes.some((mode) => mode === text);
}

export interface ReporterOptions extends ReporterOutput {
  readonly progress: ProgressMode;
  /** Standard error, as Compose has it: standard output belongs to results. */
  readonly output: NodeJS.WriteStream;
  readonly environment: Environment;
  /** Milliseconds since 1970. */
  readonly date: () => number;
  /** Of this program. */
  readonly version: string;
}

/** The reporter of a run. `auto` is the live screen on a terminal that can draw it, else plain lines. */
export function createReporter(options: ReporterOptions): Reporter {
  switch (options.progress) {
    case 'auto':
      return canDraw(options) ? terminalReporter(options) : plainReporter(options);
    case 'tty':
      return terminalReporter(options);
    case 'plain':
      return plainReporter(options);
    case 'json':
      return jsonReporter(options);
    case 'quiet':
      return quietReporter(options);
  }
}

/** A CI system's terminal is a file that people read later. */
function canDraw({ output, environment }: ReporterOptions): boolean {
  const isCi = environment['CI'] !== undefined && environment['CI'] !== '' && environment['CI'] !== 'false';
  return output.isTTY && environment['TERM'] !== 'dumb' && !isCi;
}
