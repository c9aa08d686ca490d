import { isLockEvent, lockLine } from '../../tui/lock.ts';
import type { ProgressScreen } from '../../tui/show.tsx';
import { emptyView, reduce } from '../../tui/view.ts';
import { colorsFor } from '../text/color.ts';
import { safeText } from '../text/safe-text.ts';
import { failureLines, noticeLines, summaryLines } from './closing.ts';
import type { Reporter, ReporterOutput } from './reporter.ts';

/**
 * The live screen. It opens with the first step, so that a run with nothing to do loads no Ink and a question that
 * is asked before has the terminal to itself; whom the run waits for before that is told in a line. Failures with
 * their details, notices and a summary stay below it.
 */
export function terminalReporter(options: ReporterOutput & { readonly output: NodeJS.WriteStream }): Reporter {
  const colors = colorsFor(options.hasColor);
  let view = emptyView;
  let opening: Promise<ProgressScreen> | undefined;
  let screen: ProgressScreen | undefined;

  async function open(): Promise<ProgressScreen> {
    const { showProgress } = await import('../../tui/show.tsx');
    screen = showProgress({ ...options, clean: safeText, view });
    return screen;
  }

  return {
    emit(event) {
      view = reduce(view, event);
      screen?.emit(event);
      if (isLockEvent(event) && !opening) options.output.write(`${safeText(lockLine(event))}\n`);
      if (event.type !== 'step-started' || opening) return;
      opening = open();
      // `end` tells of a failure to open; until then it must not count as unhandled.
      opening.catch(() => undefined);
    },
    async end() {
      await (await opening)?.end();
      const notices = view.notices.flatMap((notice) => noticeLines(notice, colors));
      // The last frame's header says it all when all went well.
      const summary = screen && view.end?.outcome === 'converged' ? [] : summaryLines(view, colors);
      for (const line of [...notices, ...failureLines(view, colors), ...summary]) {
        options.output.write(`${line}\n`);
      }
    },
  };
}
