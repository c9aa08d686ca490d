import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { type Canvas, layOut } from './layout.ts';
import type { Painter } from './line.ts';
import type { View } from './view.ts';

export interface ScreenProps {
  readonly view: View;
  readonly canvas: Canvas;
  readonly paint: Painter;
}

/** One frame. Two text nodes however many rows there are: what Ink spends grows with the number of nodes. */
export function Screen({ view, canvas, paint }: ScreenProps): ReactElement {
  const [header = [], ...body] = layOut(view, canvas);
  return (
    <Box flexDirection="column">
      <Text>{paint(header)}</Text>
      {body.length > 0 && <Text>{body.map(paint).join('\n')}</Text>}
    </Box>
  );
}
