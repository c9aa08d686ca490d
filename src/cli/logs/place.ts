/** A moment of an engine's clock, finer than a date: seconds, then the fraction as text. */
export interface Place {
  readonly seconds: number;
  readonly fraction: string;
}

/** Dates have milliseconds and engines nanoseconds. What is no time comes first: it cannot be held back. */
export function placeInTime(timestamp: string): Place {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '';
  const seconds = Date.parse(timestamp.replace(/\.\d+/, ''));
  return { seconds: Number.isNaN(seconds) ? -Infinity : seconds, fraction: fraction.padEnd(9, '0') };
}

export function isBefore(a: Place, b: Place): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.fraction < b.fraction);
}
