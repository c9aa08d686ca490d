import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { error, type Report } from '../report.ts';
import { convertDocument } from './convert.ts';
import { isParsable } from './depth.ts';
import type { Layer } from './layer.ts';
import { type Place, placeIn } from './place.ts';
import { reportSyntax } from './syntax.ts';

const maximumDocuments = 100;

/** Reads every document of a YAML text, or reports all that is wrong with it and gives `undefined`. */
export function parseYaml(file: string, text: string, report: Report): readonly Layer[] | undefined {
  if (!isParsable(file, text, report)) return undefined;
  const lines = new LineCounter();
  const place = placeIn(file, text, lines);
  // The failsafe schema leaves every scalar as written: what it means is for Compose's rules, not YAML's.
  const documents: readonly Document[] = parseAllDocuments(text, {
    lineCounter: lines,
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const excess = documents[maximumDocuments];
  if (excess !== undefined) {
    const message = `the file has more than ${maximumDocuments} YAML documents`;
    const start = excess.range?.[0] ?? 0;
    report(error(place(start, start + 3), { code: 'too-many-nodes', message }));
    return undefined;
  }
  if (reportSyntax(documents, text, { place, report })) return undefined;
  return convertAll(documents, text, { place, report });
}

interface Surroundings {
  readonly place: Place;
  readonly report: Report;
}

function convertAll(
  documents: readonly Document[],
  text: string,
  { place, report }: Surroundings,
): readonly Layer[] | undefined {
  const layers: Layer[] = [];
  let isComplete = true;
  for (const document of documents) {
    const layer = convertDocument(document, { text, place, report });
    if (layer === 'invalid') isComplete = false;
    else if (layer !== 'empty') layers.push(layer);
  }
  return isComplete ? layers : undefined;
}
