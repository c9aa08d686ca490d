import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { gunzipSync } from 'node:zlib';

/**
 * Whether an engine's kernel can have IPVS, without which no virtual address of a swarm answers; `undefined` where
 * it cannot be told. The Engine API is silent on it, but a kernel of the same release as this machine's is built alike.
 */
export function hasIpvs(kernelRelease: string, isLocal: boolean): boolean | undefined {
  if (!isLocal && kernelRelease !== release()) return undefined;
  if (existsSync('/proc/net/ip_vs')) return true;
  const config = read('/proc/config.gz') ?? read(`/boot/config-${release()}`);
  if (config === undefined) return undefined;
  return /^CONFIG_IP_VS=[ym]$/m.test(config);
}

function read(path: string): string | undefined {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: 4 * 2 ** 20 }) : bytes).toString('utf8');
  } catch {
    return undefined;
  }
}
