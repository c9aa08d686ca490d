import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { options } from './options.ts';

await rm(options.outdir, { recursive: true, force: true });
await build(options);
