/** An architecture as images name it, of the kernel's word or theirs: `x86_64` → `amd64`. */
export const platformWord = (arch: string): string => kernelWords.get(arch.toLowerCase()) ?? arch.toLowerCase();

const kernelWords: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armv7l', 'arm'],
  ['armv6l', 'arm'],
  ['i686', '386'],
  ['i386', '386'],
]);
