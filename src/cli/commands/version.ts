import manifest from '../../../package.json' with { type: 'json' };
import type { Invocation } from '../arguments/command.ts';
import { done, type Ending } from '../exit.ts';
import type { VersionValues } from '../usage/about.ts';

/** `stack version`. */
export async function runVersion({ context, flags }: Invocation<VersionValues>): Promise<Ending> {
  context.stdout.write(`${versionLine(flags)}\n`);
  return Promise.resolve(done);
}

function versionLine({ short, format }: VersionValues): string {
  const { version } = manifest;
  if (short) return version;
  return format === 'json' ? JSON.stringify({ version }) : `stack version ${version}`;
}
