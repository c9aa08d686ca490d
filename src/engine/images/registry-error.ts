import { EngineError, type EngineErrorCode } from '../engine.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly code: EngineErrorCode;
  readonly hint: (registry: string) => string;
}

/** The engine passes a registry's refusal on as text, mostly with status 500; first match counts. */
const rules: readonly Rule[] = [
  {
    pattern: /no space left on device/i,
    code: 'no-space',
    hint: () => 'free space on the engine, for example by removing images that nothing uses',
  },
  {
    pattern: /no matching manifest|does not match the specified platform/i,
    code: 'rejected',
    hint: () => 'set `platform:` to one that the image is built for',
  },
  {
    pattern: /toomanyrequests|rate limit/i,
    code: 'rejected',
    hint: (registry) => `wait, or log in: docker login ${registry}`,
  },
  {
    pattern: /unauthorized|authentication required|no basic auth credentials|access .*denied|\bdenied\b|403 forbidden/i,
    code: 'unauthorized',
    hint: (registry) => `check the image's name, or log in: docker login ${registry}`,
  },
  {
    pattern: /manifest unknown|manifest for .* not found|not found/i,
    code: 'not-found',
    hint: () => "check the image's name and tag",
  },
  {
    pattern: /server gave HTTP response to HTTPS client/i,
    code: 'rejected',
    hint: (registry) => `add ${registry} to "insecure-registries" of the engine's daemon.json`,
  },
  {
    pattern: /dial tcp|no such host|i\/o timeout|TLS handshake|connection refused/i,
    code: 'rejected',
    hint: (registry) => `the engine could not reach ${registry}: check its network, proxy and DNS`,
  },
];

/** A refusal by a registry, as far as its words tell: code and hint; what fits no rule stays as it is. */
export function explainRegistryError(error: EngineError, registry: string): EngineError {
  if (error.code !== 'rejected' && error.code !== 'not-found' && error.code !== 'unauthorized') return error;
  const rule = rules.find(({ pattern }) => pattern.test(error.message));
  if (rule === undefined) return error;
  const { engine, message, details } = error;
  return new EngineError(rule.code, engine, message, { cause: error, hint: rule.hint(registry), details });
}
