import type { DesiredService } from '../../model/desired.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import { hasData } from './data.ts';
import { enginesOf, whyNotCome } from './filters.ts';
import { containersOf } from './homes.ts';
import { measuresOf } from './prefer.ts';
import type { Assignment } from './words.ts';
import { explainPlace, type Work } from './work.ts';

/**
 * Moves replicas to where they would be placed today, as few as it takes: a move must make things more even, and a
 * replica with data of its own stays.
 */
export function rebalance(work: Work, services: readonly DesiredService[]): void {
  // What one service leaves free may make a move worth while for one that came before it.
  for (let moved = services.length; moved > 0; ) {
    moved = services.filter((service) => rebalanceOne(work, service)).length;
  }
}

function rebalanceOne(work: Work, service: DesiredService): boolean {
  let hasMoved = false;
  for (let move = findMove(work, service); move !== undefined; move = findMove(work, service)) {
    carryOut(work, service, move);
    hasMoved = true;
  }
  return hasMoved;
}

interface Move {
  readonly from: Assignment;
  readonly to: ObservedEngine;
  readonly why: string;
}

/** The best single move, of the highest number that may go. */
function findMove(work: Work, service: DesiredService): Move | undefined {
  const highestFirst = [...(work.places.get(service.name)?.values() ?? [])].toSorted((a, b) => b.slot - a.slot);
  const engines = enginesOf(work.placing);
  let best: (Move & { readonly gain: Gain }) | undefined;
  for (const from of highestFirst.filter((it) => mayMove(work, service, it))) {
    work.ledger.take(service, from.engine);
    const open = engines.filter(
      (it) => it.name !== from.engine.name && whyNotCome({ service, engine: it }, work) === undefined,
    );
    for (const to of open) {
      const gain = gainOf(work, service, { from: from.engine, to });
      if (gain !== undefined && (best === undefined || isGreater(gain, best.gain))) best = { from, to, ...gain, gain };
    }
    work.ledger.add(service, from.engine);
  }
  return best;
}

/** A replica that this plan has moved or made may move on: the next run would move it. */
const mayMove = ({ placing }: Work, service: DesiredService, { slot }: Assignment): boolean =>
  !containersOf(placing, service, slot).some((located) => hasData(placing, service, located));

interface Gain {
  readonly why: string;
  /** Which preference decides, counted from the first. */
  readonly index: number;
  readonly amount: number;
}

/** What the first preference in which the two engines differ gains, once the replica is on neither. */
function gainOf(
  work: Work,
  service: DesiredService,
  { from, to }: { readonly from: ObservedEngine; readonly to: ObservedEngine },
): Gain | undefined {
  for (const [index, { words, of }] of measuresOf(service, enginesOf(work.placing), work).entries()) {
    const amount = of(from) - of(to);
    if (amount !== 0) return amount > 0 ? { why: words, index, amount } : undefined;
  }
  return undefined;
}

const isGreater = (a: Gain, b: Gain): boolean => a.index < b.index || (a.index === b.index && a.amount > b.amount);

function carryOut(work: Work, service: DesiredService, { from, to, why }: Move): void {
  work.ledger.take(service, from.engine);
  work.ledger.add(service, to);
  const because = explainPlace(work, to, { why: `rebalanced, ${why}`, rejections: [] });
  work.places.get(service.name)?.set(from.slot, { slot: from.slot, engine: to, ...because });
}
