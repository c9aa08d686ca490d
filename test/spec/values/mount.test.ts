import { describe, expect, test } from 'vitest';

import { parseMount } from '../../../src/spec/values/mount.ts';

function brief(text: string): string {
  const mount = parseMount(text);
  if (!mount.ok) return 'refused';
  const { type, source, target, readOnly, noCopy, propagation, selinux, unknown } = mount.value;
  const options = [readOnly ? 'ro' : '', noCopy ? 'nocopy' : '', propagation ?? '', selinux ?? '', ...unknown];
  return [type, source ?? '-', target, ...options.filter((option) => option !== '')].join(' ');
}

describe('a short mount', () => {
  test.each([
    ['/data', 'volume - /data'],
    ['data:/data', 'volume data /data'],
    ['./x:/x', 'bind ./x /x'],
    ['/a:/b:ro', 'bind /a /b ro'],
    ['~/a:/b', 'bind ~/a /b'],
    ['.:/b', 'bind . /b'],
    ['data:/data:ro,nocopy,Z', 'volume data /data ro nocopy Z'],
    ['/a:/b:rshared', 'bind /a /b rshared'],
    ['/a:/b:ro,rw', 'bind /a /b'],
    ['/a:/b:what', 'bind /a /b what'],
    ['C:\\data:/data', 'bind C:\\data /data'],
    ['C:\\a:D:\\b:ro', 'bind C:\\a D:\\b ro'],
    ['\\\\.\\pipe\\x:/p', 'bind \\\\.\\pipe\\x /p'],
    // One letter before a colon is a drive, even where a volume was meant.
    ['v:/data', 'volume - v:/data'],
    ['xy', 'volume - xy'],
  ])('%s is %s', (text, mount) => {
    expect(brief(text)).toBe(mount);
  });

  test.each(['', 'abc:', ':/data', 'data::ro', 'data:/b:ro:rw'])('%j is refused', (text) => {
    expect(brief(text)).toBe('refused');
  });
});
