import { error, type Report } from '../report.ts';
import { find, type Mapping } from '../tree.ts';
import type { ListedEngine, ListedPlaces } from './listed.ts';

/** Where an entry leads, as whoever knows addresses has found. */
export interface Reached<Target> {
  readonly target: Target;
  /** Equal for two entries that lead to the same engine. */
  readonly identity: string;
  readonly scheme: 'unix' | 'tcp' | 'ssh';
  /** Another machine, over tcp that is not encrypted or not verified. */
  readonly isExposed: boolean;
}

/** An entry with what is known of it. */
export interface Known<Target> {
  readonly engine: ListedEngine;
  readonly places: ListedPlaces;
  readonly reached: Reached<Target>;
}

/** Keys of one entry that contradict each other, before its address is looked at. */
export function checkKeys(name: string, entry: Mapping, report: Report): void {
  const endpoint = find(entry, 'endpoint');
  const context = find(entry, 'context');
  if (endpoint !== undefined && context !== undefined) {
    const related = [{ message: 'the endpoint', span: endpoint.span }];
    const message = `engine "${name}" has an endpoint and a context`;
    report(error(context.span, { code: 'conflicting-attributes', message, hint: 'keep one of them', related }));
  }
  if (endpoint === undefined && context === undefined) {
    const message = `engine "${name}" needs an "endpoint" or a "context"`;
    report(error(entry.span, { code: 'missing-key', message, hint: 'for example endpoint: ssh://user@host' }));
  }
}

/** What only fits some kinds of endpoint, and tcp that anybody on the way could use. */
export function checkReached<Target>({ engine, places, reached }: Known<Target>, report: Report): void {
  const { name } = engine;
  const { scheme, isExposed } = reached;
  if (engine.tls !== undefined && (scheme !== 'tcp' || engine.reach.kind === 'context')) {
    const message = `engine "${name}" has certificates, but no tcp endpoint`;
    report(error(places.at('tls'), { code: 'conflicting-attributes', message, hint: 'leave "tls" out' }));
  }
  if (engine.ssh !== undefined && scheme !== 'ssh') {
    const message = `engine "${name}" has settings for ssh, but no ssh endpoint`;
    report(error(places.at('ssh'), { code: 'conflicting-attributes', message, hint: 'leave "ssh" out' }));
  }
  if (isExposed && !engine.isPlainAllowed) {
    const message = `engine "${name}" is another machine, and would be reached without verified TLS`;
    const hint = 'whoever is between owns it: use ssh:// or "tls", or say "plain: true" on a network that you trust';
    report(error(places.reach, { code: 'plain-tcp', message, hint }));
  }
}

/** Two names for one engine: replicas would be counted, and placed, twice. */
export function checkTwins<Target>(known: readonly Known<Target>[], report: Report): void {
  const first = new Map<string, Known<Target>>();
  for (const each of known) {
    const twin = first.get(each.reached.identity);
    if (twin === undefined) {
      first.set(each.reached.identity, each);
      continue;
    }
    const message = `engines "${twin.engine.name}" and "${each.engine.name}" are the same`;
    const related = [{ message: 'the other one', span: twin.places.reach }];
    report(error(each.places.reach, { code: 'same-engine', message, hint: 'keep one of the names', related }));
  }
}
