import type { Event } from '../model/event.ts';
import type { Notice } from '../model/plan.ts';
import { isOn } from './context.ts';

type Environment = ReadonlyMap<string, string>;

/** Notices that are shown: with COMPOSE_IGNORE_ORPHANS nobody wants to hear of orphans. */
export function wantedNotices(notices: readonly Notice[], environment: Environment): readonly Notice[] {
  return isOn(environment, 'IGNORE_ORPHANS') ? notices.filter(({ code }) => code !== 'orphans') : notices;
}

/** An event with no more than the wanted notices; `undefined` if it was nothing but an unwanted one. */
export function withWantedNotices(event: Event, environment: Environment): Event | undefined {
  if (event.type === 'notice') return wantedNotices([event.notice], environment).length > 0 ? event : undefined;
  if (event.type !== 'round-started') return event;
  return { ...event, plan: { ...event.plan, notices: wantedNotices(event.plan.notices, environment) } };
}
