import { render } from 'ink';
import type { Emit } from '../model/event.ts';
import type { Canvas } from './layout.ts';
import { createPainter } from './line.ts';
import { Screen } from './Screen.tsx';
import { reduce, type View } from './view.ts';

export interface ProgressOptions {
  /** A terminal. */
  readonly output: NodeJS.WriteStream;
  /** The events' clock. */
  readonly now: () => number;
  readonly hasColor: boolean;
  /** Makes text from engines, registries and containers safe to print. */
  readonly clean: (text: string) => string;
  /** Where the run is when the screen opens. */
  readonly view: View;
}

export interface ProgressScreen {
  readonly emit: Emit;
  /** Draws the last frame, leaves it on the terminal and shows the cursor again. */
  end(): Promise<void>;
}

/** Events are drawn at most ten times a second; without any, clocks move five times a second. */
const frameMs = 100;
const idleFrames = 2;

/**
 * Draws a run on a terminal while its events come in.
 *
 * Reads no input and leaves signals alone, so Ctrl-C is its caller's. The only module, with its components, that
 * loads Ink: import it when it is needed.
 */
export function showProgress({ output, now, hasColor, clean, view: first }: ProgressOptions): ProgressScreen {
  const paint = createPainter(hasColor);
  let view = first;
  let framesLeft = idleFrames;
  const screen = (): React.ReactElement => <Screen view={view} canvas={canvasOf(output, now(), clean)} paint={paint} />;
  const draw = (): void => {
    framesLeft = idleFrames;
    ink.rerender(screen());
  };
  const ink = render(screen(), {
    stdout: output,
    interactive: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const timer = setInterval(() => {
    framesLeft -= 1;
    if (framesLeft <= 0) draw();
  }, frameMs);
  timer.unref();
  // Before Ink's own listener, which would draw the old frame on the new screen.
  output.prependListener('resize', draw);

  return {
    emit(event) {
      view = reduce(view, event);
      framesLeft = 0;
    },
    async end() {
      clearInterval(timer);
      output.off('resize', draw);
      draw();
      ink.unmount();
      await ink.waitUntilExit();
    },
  };
}

/** A terminal that tells no size is taken for the smallest usual one. */
function canvasOf({ columns, rows }: NodeJS.WriteStream, nowMs: number, clean: Canvas['clean']): Canvas {
  return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24, nowMs, clean };
}
