import { err, ok } from '../../model/result.ts';
import { declare } from '../arguments/command.ts';
import { choice, type FlagValues, parsedEach, toggle } from '../arguments/flag.ts';
import { yes } from './shared.ts';

const format = choice('--format <format>', ['table', 'json'], 'How engines are printed');
const quiet = toggle('-q, --quiet', 'Only names');

const listFlags = { format, quiet } as const;
const checkFlags = { format } as const;
const joinFlags = {
  yes: yes(),
  advertise: parsedEach(
    '--advertise-addr <name=address>',
    'Address by which the others reach an engine (default: that of its endpoint)',
    (given) => {
      const [, name, address] = /^([^=]+)=([0-9A-Za-z.:_-]+)$/.exec(given) ?? [];
      return name === undefined || address === undefined
        ? err(`"${given}" is not of the form NAME=ADDRESS`)
        : ok({ name, address });
    },
  ),
} as const;

export type EnginesValues = FlagValues<typeof listFlags>;
export type CheckValues = FlagValues<typeof checkFlags>;
export type JoinValues = FlagValues<typeof joinFlags>;

export const engines = declare({
  name: 'engines',
  summary: 'List the engines, their state and what they carry',
  group: 'Inspect',
  flags: listFlags,
  examples: [
    ['stack engines', 'those of engines.yaml, or whatever else names them'],
    ['stack -H a=ssh://a -H b=ssh://b engines', 'those that are named'],
    ['stack engines check', 'what would go wrong for a stack that is spread over them'],
    ['stack engines join', 'make a swarm of them, so that networks span them'],
    ['stack engines drain b', 'place nothing on b any more, and move away what is there'],
  ],
});

export const enginesCheck = declare({
  name: 'check',
  summary: 'Say what would go wrong for a stack that is spread over the engines',
  group: 'Inspect',
  operands: '[NAME...]',
  flags: checkFlags,
  examples: [],
});

export const enginesJoin = declare({
  name: 'join',
  summary: 'Make a swarm of the engines, so that networks span them; says first what it will do',
  group: 'Other',
  operands: '[NAME...]',
  flags: joinFlags,
  examples: [['stack engines join --advertise-addr a=10.0.0.1', 'where the endpoint is not how the others reach it']],
});

const marking = (name: 'drain' | 'pause' | 'activate', summary: string) =>
  declare({ name, summary, group: 'Other', operands: '<NAME...>', flags: {}, examples: [] });

export const enginesDrain = marking(
  'drain',
  'Place nothing on an engine any more; the next up moves away what is there',
);
export const enginesPause = marking('pause', 'Place nothing more on an engine; what is there stays');
export const enginesActivate = marking('activate', 'Take back drain and pause');
