import { emptyView, reduce } from '../../tui/view.ts';
import { colorsFor } from '../text/color.ts';
import { failureLines } from './closing.ts';
import type { Reporter, ReporterOutput } from './reporter.ts';

/** Says nothing but what failed, at the end. */
export function quietReporter({ output, hasColor }: Omit<ReporterOutput, 'now'>): Reporter {
  let view = emptyView;
  return {
    emit(event) {
      view = reduce(view, event);
    },
    end() {
      for (const line of failureLines(view, colorsFor(hasColor))) output.write(`${line}\n`);
      return Promise.resolve();
    },
  };
}
