import { sleep as realSleep, type Sleep } from '../../reconcile/clock.ts';
import type { Context } from '../context.ts';
import { isBefore, type Place } from './place.ts';

/** How lines wait for those that other engines are about to send. */
export interface Ordering {
  /** How long a line is held back. */
  readonly delayMs: number;
  readonly now: () => number;
  readonly sleep: Sleep;
}

/** Longer than the way from any engine takes, and too short to be noticed. */
export const orderingOf = ({ now }: Pick<Context, 'now'>): Ordering => ({ delayMs: 150, now, sleep: realSleep });

type Print = () => Promise<void> | undefined;

/** Lines of several writers, put in the order of their times as far as a short delay allows. */
export interface Orderer {
  /** A promise of when more may be added, where lines come faster than they can be printed. */
  readonly add: (place: Place, print: Print) => Promise<void> | undefined;
  /** Resolves when everything that was added so far is printed. */
  readonly settled: () => Promise<void>;
}

interface Waiting {
  readonly place: Place;
  readonly dueMs: number;
  readonly print: Print;
}

/** Whoever adds more than that has to wait. */
const mostWaiting = 1_000;

/** Holds each line back for a moment, and prints before it all that were written earlier and have come meanwhile. */
export function orderByTime({ delayMs, now, sleep }: Ordering): Orderer {
  const untilDue = new AbortController().signal;
  let waiting: Waiting[] = [];
  let printing: Promise<void> | undefined;
  const printAll = async (): Promise<void> => {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      await sleep(Math.max(0, first.dueMs - now()), untilDue);
      const { ready, rest } = split(waiting, now());
      waiting = rest;
      for (const { print } of ready) await print();
    }
    printing = undefined;
  };
  return {
    add(place, print) {
      waiting.push({ place, dueMs: now() + delayMs, print });
      printing ??= printAll();
      return waiting.length < mostWaiting ? undefined : printing;
    },
    settled: () => printing ?? Promise.resolve(),
  };
}

/** What is due with all that was written before it, in the order of time; and what has to wait on. */
function split(
  waiting: readonly Waiting[],
  nowMs: number,
): { readonly ready: readonly Waiting[]; readonly rest: Waiting[] } {
  const due = waiting.filter(({ dueMs }) => dueMs <= nowMs);
  const last = due.reduce<Place | undefined>(
    (best, { place }) => (best && isBefore(place, best) ? best : place),
    undefined,
  );
  const isReady = ({ dueMs, place }: Waiting): boolean =>
    dueMs <= nowMs || (last !== undefined && isBefore(place, last));
  return {
    ready: waiting
      .filter(isReady)
      .toSorted((a, b) => (isBefore(a.place, b.place) ? -1 : Number(isBefore(b.place, a.place)))),
    rest: waiting.filter((it) => !isReady(it)),
  };
}
