import type { Row, RowState } from './row.ts';

/** Rows that stand together; a heading takes a line of its own while any of them is shown. */
export interface Group {
  /** The service whose replicas these are; empty for rows that need no heading. */
  readonly heading: string;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly row: Row;
  readonly state: RowState;
}

export interface Folded {
  /** Entries that are left; a group may be left with none. */
  readonly groups: readonly Group[];
  /** How many rows of each state are hidden. */
  readonly hidden: ReadonlyMap<RowState, number>;
}

/** First what is over, then what has not begun, then what runs, failures last. */
const hidingOrder = ['done', 'skipped', 'pending', 'working', 'failed'] as const;

/**
 * Hides rows until everything, with one line that counts the hidden ones, fits into `lines`.
 *
 * Of finished rows those that ended first go first, of others the last ones.
 */
export function foldGroups(groups: readonly Group[], lines: number): Folded {
  let height = groups.reduce((sum, group) => sum + group.entries.length + headingLines(group), 0);
  if (height <= lines) return { groups, hidden: new Map() };
  const shown = new Map(groups.map((group) => [group, new Set(group.entries)]));
  const hidden = new Map<RowState, number>();
  for (const { group, entry } of hidingCandidates(groups)) {
    if (height + 1 <= lines) break;
    const left = shown.get(group);
    left?.delete(entry);
    height -= left?.size === 0 ? 1 + headingLines(group) : 1;
    hidden.set(entry.state, (hidden.get(entry.state) ?? 0) + 1);
  }
  return { groups: groups.map((group) => ({ ...group, entries: [...(shown.get(group) ?? [])] })), hidden };
}

function hidingCandidates(groups: readonly Group[]): readonly { readonly group: Group; readonly entry: Entry }[] {
  const all = groups.flatMap((group) => group.entries.map((entry) => ({ group, entry })));
  return hidingOrder.flatMap((state) => {
    const own = all.filter(({ entry }) => entry.state === state);
    return state === 'done' ? own.toSorted((a, b) => endedAt(a.entry.row) - endedAt(b.entry.row)) : own.toReversed();
  });
}

function headingLines({ heading }: Group): number {
  return heading === '' ? 0 : 1;
}

function endedAt({ steps }: Row): number {
  return Math.max(...steps.map(({ state }) => (state.kind === 'done' ? state.atMs : 0)));
}
