import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { type MemoryEngine, type MemoryEngineOptions, memoryEngine } from '../../support/memory-engine.ts';
import type { MemoryContainer } from '../../support/memory-world.ts';
import { type TestContext, type TestWorld, testContext } from './context.ts';

/** A folder with a stack file and an engine in memory on which commands can be run. */
export interface Shop {
  readonly folder: string;
  readonly engine: MemoryEngine;
  readonly write: (text: string) => void;
  /** Containers on the engine, by name. */
  readonly containers: () => readonly MemoryContainer[];
  /** Runs one command line, written as in a shell without quotes. */
  readonly run: (line: string, world?: TestWorld) => Promise<Ran>;
  /** The same, while it runs. */
  readonly start: (line: string, world?: TestWorld) => Running;
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly string[];
  /** Mutating calls that reached the engine. */
  readonly calls: readonly string[];
}

export interface Running {
  readonly context: TestContext;
  readonly ended: Promise<Ran>;
}

/** Makes a stack called `shop` of this file. The engine has every image that it may need. */
export function openShop(file: string, options: MemoryEngineOptions = {}): Shop {
  const folder = mkdtempSync(join(tmpdir(), 'stack-shop-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (text: string): void => writeFileSync(join(folder, 'stack.yaml'), `name: shop\n${text}`);
  write(file);
  const engine = memoryEngine({ images: ['nginx', 'postgres'], ...options });
  const start = (line: string, world: TestWorld = {}): Running => {
    const connection = engine.connect();
    const context = testContext({ workingDir: folder, engines: [connection.engine], ...world });
    const words = line.split(' ').filter((word) => word !== '');
    const ended = main(words, context).then((code) => ({
      code,
      out: context.output(),
      err: context.errors(),
      questions: context.questions,
      calls: connection.calls,
    }));
    return { context, ended };
  };
  const containers = (): readonly MemoryContainer[] =>
    [...engine.world.containers.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { folder, engine, write, containers, start, run: (line, world) => start(line, world).ended };
}
