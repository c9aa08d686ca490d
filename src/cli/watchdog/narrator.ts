import type { Emit, Event } from '../../model/event.ts';
import type { Reporter } from '../report/reporter.ts';

/** Tells of many runs, one after the other. */
export interface Narrator {
  /** What happens between two runs. */
  readonly emit: Emit;
  /** Begins to tell of a run. Of one that finds nothing to do nothing is told. */
  readonly begin: () => Reporter;
  readonly end: () => Promise<void>;
}

/** `open` gives a reporter for each run; `isLasting`: one and the same tells of all. */
export function createNarrator(open: () => Reporter, isLasting: boolean): Narrator {
  const lasting = isLasting ? open() : undefined;
  const next = (): Reporter => lasting ?? open();
  const close = async (reporter: Reporter | undefined): Promise<void> => {
    if (reporter !== lasting) await reporter?.end();
  };
  return {
    emit(event) {
      const reporter = next();
      reporter.emit(event);
      void close(reporter);
    },
    begin() {
      const untold: Event[] = [];
      let reporter: Reporter | undefined;
      return {
        emit(event) {
          untold.push(event);
          if (reporter === undefined && !isWorthTelling(event)) return;
          reporter ??= next();
          untold.splice(0).forEach(reporter.emit);
        },
        end: () => close(reporter),
      };
    },
    end: async () => lasting?.end(),
  };
}

function isWorthTelling(event: Event): boolean {
  if (event.type === 'round-started') return event.plan.steps.length > 0;
  return event.type === 'lock-waiting' || event.type === 'lock-taken-over';
}
