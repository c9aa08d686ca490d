import { bytes, fields, flag, list, map, pairs, type Shape, text, texts, variables } from './shape.ts';

/** A config or secret where a service or a build uses it. */
export const file: Shape = fields({ source: text, target: text, uid: text, gid: text, mode: { kind: 'mode' } });

export const deviceRequest: Shape = fields({
  capabilities: texts,
  driver: text,
  count: { kind: 'device-count' },
  device_ids: texts,
  options: pairs,
});

export const ulimits: Shape = map({ kind: 'ulimit' });
export const hosts: Shape = { kind: 'hosts' };

export const build: Shape = fields({
  context: text,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: texts,
  args: variables,
  provenance: text,
  sbom: text,
  ssh: { kind: 'ssh' },
  labels: pairs,
  cache_from: texts,
  cache_to: texts,
  no_cache: flag,
  no_cache_filter: texts,
  additional_contexts: pairs,
  pull: flag,
  extra_hosts: hosts,
  isolation: text,
  network: text,
  target: text,
  secrets: list(file),
  shm_size: bytes,
  tags: texts,
  ulimits,
  platforms: texts,
  privileged: flag,
});
