import { posix } from 'node:path';

/** A path without `.`, `..` and doubled or trailing slashes, as Go cleans one. */
export function cleanPath(path: string): string {
  if (path === '') return '';
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

export function joinPath(...parts: readonly string[]): string {
  return cleanPath(parts.filter((part) => part !== '').join('/'));
}

export function folderOf(path: string): string {
  return posix.dirname(path);
}

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** Absolute on Windows: behind a drive or a share. */
export function isWindowsAbsolute(path: string): boolean {
  return /^[\s\S]:[\\/]/.test(path) || /^[\\/]{2}/.test(path) || path.startsWith('\\??\\');
}

/** A leading `~` is the home directory, where there is one. */
export function expandHome(path: string, home: string | undefined): string {
  return path.startsWith('~') && home !== undefined ? joinPath(home, path.slice(1)) : path;
}
