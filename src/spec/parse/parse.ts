import { Composer, type CST, type Document, LineCounter, Parser } from 'yaml';
import { type DocumentKind, stackFile } from '../document.ts';
import { error, type Report } from '../report.ts';
import { convertDocument, type Surroundings } from './convert.ts';
import type { Layer } from './layer.ts';
import { placeIn } from './place.ts';
import { reportSyntax } from './syntax.ts';
import { readTokens } from './tokens.ts';

const maximumDocuments = 100;

/** Reads every document of a YAML text, or reports all that is wrong with it and gives `undefined`. */
export function parseYaml(
  file: string,
  text: string,
  report: Report,
  kind: DocumentKind = stackFile,
): readonly Layer[] | undefined {
  const tokens = readTokens(file, text, report);
  if (tokens === undefined) return undefined;
  const lines = new LineCounter();
  const place = placeIn(file, text, lines);
  const documents = composeDocuments(tokens, lines);
  const excess = documents[maximumDocuments];
  if (excess !== undefined) {
    const message = `the file has more than ${maximumDocuments} YAML documents`;
    const start = excess.range?.[0] ?? 0;
    report(error(place(start, start + 3), { code: 'too-many-nodes', message }));
    return undefined;
  }
  if (reportSyntax(documents, text, { place, report })) return undefined;
  return convertAll(documents, text, { place, report, kind });
}

/** As the library's own `parseAllDocuments` does, but of tokens that were read already. */
function composeDocuments(tokens: readonly string[], lines: LineCounter): readonly Document[] {
  // The failsafe schema leaves every scalar as written: what it means is for Compose's rules, not YAML's.
  const composer = new Composer({
    lineCounter: lines,
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return Array.from(composer.compose(structuresOf(tokens, lines)));
}

function* structuresOf(tokens: readonly string[], lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const token of tokens) yield* parser.next(token);
  yield* parser.end();
}

function convertAll(
  documents: readonly Document[],
  text: string,
  surroundings: Surroundings,
): readonly Layer[] | undefined {
  const layers: Layer[] = [];
  let isComplete = true;
  for (const document of documents) {
    const layer = convertDocument(document, { text, ...surroundings });
    if (layer === 'invalid') isComplete = false;
    else if (layer !== 'empty') layers.push(layer);
  }
  return isComplete ? layers : undefined;
}
