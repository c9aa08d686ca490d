import { err, ok, type Result } from '../../model/result.ts';

/** The short form of a mount, `[source:]target[:options]`, taken apart. */
export interface ShortMount {
  readonly type: 'bind' | 'volume';
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  readonly noCopy: boolean;
  readonly propagation: string | undefined;
  readonly selinux: 'z' | 'Z' | undefined;
  /** Options that mean nothing; Compose passes over them. */
  readonly unknown: readonly string[];
}

const propagations = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'];

/**
 * Reads the short form of a mount without knowing the engine's platform: one letter before a colon is a drive.
 * The error completes "… is not a mount: ".
 */
export function parseMount(text: string): Result<ShortMount, string> {
  if (text === '') return err('it is empty');
  if (text.length <= 2) return ok({ ...plain, type: 'volume', source: undefined, target: text });
  const sections = splitSections(text);
  if (sections.includes('')) return err('a part between colons is empty');
  if (sections.length > 3) return err('it has more than two colons');
  const [first = '', second, options = ''] = sections;
  const source = second === undefined ? undefined : first;
  return ok({
    ...readOptions(options),
    type: source !== undefined && isPath(source) ? 'bind' : 'volume',
    source,
    target: second ?? first,
  });
}

const plain = { readOnly: false, noCopy: false, propagation: undefined, selinux: undefined, unknown: [] } as const;

/** At colons, but for those of drives (`C:\data`) and inside of `${…}` that is left uninterpolated. */
function splitSections(text: string): readonly string[] {
  const sections: string[] = [];
  let start = 0;
  let braces = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === '$' && text.charAt(index + 1) === '{') braces += 1;
    if (char === '}' && braces > 0) braces -= 1;
    if (char !== ':' || braces > 0 || isDrive(text.slice(start, index))) continue;
    sections.push(text.slice(start, index));
    start = index + 1;
  }
  return [...sections, text.slice(start)];
}

function isDrive(text: string): boolean {
  return /^\p{L}$/u.test(text);
}

function isPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source);
}

function readOptions(text: string): Omit<ShortMount, 'type' | 'source' | 'target'> {
  const options = text === '' ? [] : text.split(',');
  const known = new Set(['ro', 'rw', 'nocopy', 'z', 'Z', ...propagations]);
  return {
    readOnly: options.findLast((option) => option === 'ro' || option === 'rw') === 'ro',
    noCopy: options.includes('nocopy'),
    propagation: options.findLast((option) => propagations.includes(option)),
    selinux: options.findLast((option) => option === 'z' || option === 'Z'),
    unknown: options.filter((option) => !known.has(option)),
  };
}
