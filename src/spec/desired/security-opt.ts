import { itemsOf, type Node, textAt } from '../read.ts';
import { error, type Report } from '../report.ts';
import type { Sources } from '../sources.ts';
import { find } from '../tree.ts';

interface Reading {
  readonly sources: Sources;
  /** Relative profiles start here. */
  readonly folder: string;
  readonly report: Report;
}

/** Security options as the engine takes them: it wants the text of a seccomp profile where the file names its path. */
export function readSecurityOpt(service: Node, reading: Reading): readonly string[] {
  return itemsOf(find(service, 'security_opt')).map((item) => {
    const option = textAt(item) ?? '';
    const [, path] = /^seccomp[=:](.*)$/.exec(option) ?? [];
    if (path === undefined || path === 'unconfined' || path === 'builtin') return option;
    const absolute = path.startsWith('/') ? path : `${reading.folder}/${path}`;
    const file = reading.sources.read(absolute);
    const profile = file.kind === 'file' ? compactJson(file.bytes) : undefined;
    if (profile === undefined) {
      const message = `the seccomp profile ${absolute} ${file.kind === 'file' ? 'is no JSON' : 'cannot be read'}`;
      reading.report(error(item.span, { code: file.kind === 'missing' ? 'missing-file' : 'unreadable-file', message }));
    }
    return profile === undefined ? option : `seccomp=${profile}`;
  });
}

function compactJson(bytes: Uint8Array): string | undefined {
  try {
    return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
