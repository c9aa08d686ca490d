/** What a terminal of a given size shows after the bytes so far, and what scrolled off its top. */
export interface Terminal {
  write(text: string): void;
  /** Lines of the screen, without trailing spaces. */
  screen(): readonly string[];
  scrollback(): readonly string[];
  isCursorShown(): boolean;
}

const token = /\u001b\[([?\d;]*)([A-Za-z])|[^\u001b]|\u001b/gu;

/**
 * As much of a terminal as the live screen needs. Any other control sequence is an error, and so is one that erases
 * the whole screen or the scrollback.
 */
export function openTerminal(columns: number, rows: number): Terminal {
  const screen: string[][] = Array.from({ length: rows }, () => []);
  const scrolledOff: string[] = [];
  const cursor = { row: 0, column: 0, isShown: true };
  const line = (): string[] => screen[cursor.row] ?? [];
  const asText = (cells: readonly string[]): string =>
    Array.from(cells, (cell) => cell ?? ' ')
      .join('')
      .trimEnd();

  function feedLine(): void {
    if (cursor.row < rows - 1) {
      cursor.row += 1;
      return;
    }
    scrolledOff.push(asText(screen.shift() ?? []));
    screen.push([]);
  }

  function print(character: string): void {
    if (cursor.column >= columns) {
      cursor.column = 0;
      feedLine();
    }
    line()[cursor.column] = character;
    cursor.column += 1;
  }

  const commands: Readonly<Record<string, (count: number, parameters: string) => void>> = {
    A: (count) => (cursor.row = Math.max(0, cursor.row - count)),
    B: (count) => (cursor.row = Math.min(rows - 1, cursor.row + count)),
    C: (count) => (cursor.column += count),
    E: (count) => ((cursor.row = Math.min(rows - 1, cursor.row + count)), (cursor.column = 0)),
    G: (count) => (cursor.column = count - 1),
    K: (_, parameters) => {
      if (parameters === '2') line().length = 0;
      else line().splice(cursor.column);
    },
    J: (_, parameters) => {
      if (parameters !== '' && parameters !== '0') throw new Error(`erases the screen: CSI ${parameters} J`);
      line().splice(cursor.column);
      for (const below of screen.slice(cursor.row + 1)) below.length = 0;
    },
    m: () => undefined,
    h: (_, parameters) => setMode(parameters, true),
    l: (_, parameters) => setMode(parameters, false),
  };

  function setMode(parameters: string, isOn: boolean): void {
    if (parameters === '?25') cursor.isShown = isOn;
    else if (parameters !== '?2026') throw new Error(`unexpected mode ${parameters}`);
  }

  return {
    write(text) {
      for (const [found, parameters = '', command] of text.matchAll(token)) {
        if (command !== undefined) {
          const run = commands[command];
          if (!run) throw new Error(`unexpected CSI ${parameters}${command}`);
          run(Number.parseInt(parameters, 10) || 1, parameters);
        } else if (found === '\n') feedLine();
        else if (found === '\r') cursor.column = 0;
        else if (/\p{Cc}/u.test(found)) throw new Error(`unexpected control character ${JSON.stringify(found)}`);
        else print(found);
      }
    },
    screen: () => screen.map(asText),
    scrollback: () => scrolledOff,
    isCursorShown: () => cursor.isShown,
  };
}
