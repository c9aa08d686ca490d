import dockerignore from '@balena/dockerignore';

/** Which paths of a build context are left out; relative, with `/`. */
export interface Ignore {
  readonly isIgnored: (path: string) => boolean;
  /** Whether a folder that is ignored may still hold something that a `!` line takes back in. */
  readonly mayReinclude: boolean;
}

/** Reads a `.dockerignore`: the rules of Docker's own, which are not those of git and mind upper and lower case. */
export function parseIgnore(text: string): Ignore {
  const lines = text.replace(/^\uFEFF/, '');
  const rules = dockerignore.default({ ignorecase: false }).add(lines);
  return {
    isIgnored: (path) => rules.ignores(path),
    mayReinclude: /^\s*!/m.test(lines),
  };
}
