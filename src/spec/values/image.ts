/** Long texts are no references; the limit also bounds the work below. */
const maximumLength = 4096;
const nameLimit = 255;

/**
 * Why a text is no image reference, or `undefined`: `[host[:port]/]path[:tag][@digest]`, as the engine reads it.
 *
 * An id of 64 hex digits is one too.
 */
export function imageFault(text: string): string | undefined {
  if (text.length > maximumLength) return 'it is too long';
  if (/\s/.test(text)) return 'it has a space or a line end';
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0) return 'it has two digests';
  if (digest !== undefined && !/^[a-z0-9]+([+._-][a-z0-9]+)?:[0-9a-fA-F]{32,512}$/.test(digest)) {
    return 'after "@" comes a digest such as sha256: and 64 hex digits';
  }
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return 'a tag has letters, digits and the signs _ . -';
  return nameFault(name);
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'it has no name';
  if (name.length > nameLimit) return `a name has at most ${nameLimit} characters`;
  const parts = name.split('/');
  const path = parts.length > 1 && isHost(parts[0] ?? '') ? parts.slice(1) : parts;
  for (const part of path) {
    if (part === '') return 'a part between two slashes is empty';
    if (part !== part.toLowerCase()) return `a name has small letters only: "${name.toLowerCase()}"`;
    if (!/^[a-z0-9._-]+$/.test(part)) return 'a name has small letters, digits and the signs . _ -';
    if (/^[._-]|[._-]$|\.\.|\._|_\.|___|-[._]|[._]-/.test(part)) return `"${part}" has its signs in the wrong place`;
  }
  return undefined;
}

/** The first part is a registry when it could not be a path: it has a dot, a port or a capital, or is `localhost`. */
function isHost(part: string): boolean {
  const hasHostSign = /[.:]/.test(part) || part === 'localhost' || part !== part.toLowerCase();
  return hasHostSign && /^([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/.test(part);
}
