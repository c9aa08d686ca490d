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

function registryOf(name: string): string {
  const host = registryIn(name) ?? 'docker.io';
  return host === 'index.docker.io' ? 'docker.io' : host;
}

/** The first part is a registry only if it looks like a host: `localhost`, or with a dot or a port. */
function registryIn(name: string): string | undefined {
  const [first = '', ...rest] = name.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : undefined;
}

/** In full: `nginx` → docker.io/library/nginx:latest. A digest stands in place of the tag. */
export function normalReference(text: string): string {
  const { registry, name, version } = parseReference(text);
  const path = registryIn(name) === undefined ? name : name.slice(name.indexOf('/') + 1);
  const library = registry === 'docker.io' && !path.includes('/') ? 'library/' : '';
  return `${registry}/${library}${path}${version.includes(':') ? '@' : ':'}${version}`;
}
