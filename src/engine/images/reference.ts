/** An image reference taken apart as the engine and registries do. */
export interface ImageReference {
  /** `docker.io` where none is written. */
  readonly registry: string;
  /** What `fromImage` takes: the name without tag and digest. */
  readonly name: string;
  /** The tag, or the digest where there is one; `latest` where neither is written. */
  readonly version: string;
}

/** `nginx` → docker.io, nginx, latest; `reg.example:5000/a/b:1` → reg.example:5000, reg.example:5000/a/b, 1. */
export function parseReference(text: string): ImageReference {
  const [named = text, digest] = text.split('@');
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const name = colon === -1 ? named : named.slice(0, colon);
  const tag = colon === -1 ? 'latest' : named.slice(colon + 1);
  return { registry: registryOf(name), name, version: digest ?? tag };
}

/** The first part is a registry only if it looks like a host: `localhost`, or with a dot or a port. */
function registryOf(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost && first !== 'index.docker.io' ? first : 'docker.io';
}
