import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestEngine } from '../support/real/engines.ts';
import type { Strike, Verdict } from '../support/real/fault-proxy.ts';
import { runHosts } from '../support/real/hosts.ts';
import type { TestStack } from '../support/real/stack.ts';
import { isComplete } from './chance.ts';
import { mixed } from './scenarios.ts';
import { openScore } from './score.ts';
import { openTrial, type Struck, strikeOnce, type Trial } from './trial.ts';

/** What a large file leaves over, folders take. Freed blocks can be had once the file system has written that down. */
const fillUp =
  'mkdir /var/lib/docker/fill && cd /var/lib/docker/fill; cat /dev/zero >all; sync; cat /dev/zero >>all; seq 20000 | xargs mkdir; true';
const makeRoom = 'rm -r /var/lib/docker/fill && sync';
const score = openScore('The disk of the engine is full from a call of an update on, completed by one more up');
const suites = [
  ['host8', 'bookworm'],
  ['host9', 'trixie'],
] as const;

// A host of its own takes time that only a complete run has.
describe.runIf(isComplete).each(suites)('an engine on a small disk, %s with %s', (name, suite) => {
  let engine: TestEngine;

  beforeAll(async () => {
    await runHosts('small', name, suite, '150');
    const list = (await runHosts('list')).split('\n');
    const host = list.find((line) => line.startsWith(`${name} `))?.split(' ')[2] ?? '';
    engine = { name: suite, host, address: new URL(host).hostname };
    await promisify(execFile)(`${dirname(import.meta.dirname)}/hosts/images`, [host]);
  });
  afterAll(() => runHosts('lose', name));

  test('that is full from any call on: every service is still served, and the run ends by itself', async () => {
    const trial = await openTrial(engine, mixed);
    const { ran } = await strikeOnce(trial, undefined);
    const broken: string[] = [];
    for (let at = 1; at <= ran.calls.length; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const { hasStruck, calls, code, stderr, down, wrong } = await fillAt({ trial, name }, { at, when });
        if (!hasStruck) continue;
        const where = `from ${when} call ${at}, ${calls[at - 1] ?? ''}, on: exit code ${code ?? 'none'}`;
        const ends = [0, 1].includes(code ?? -1) ? [] : [stderr];
        broken.push(...score.note(`${mixed.name}, ${suite}`, where, [...ends, ...down, ...wrong]));
      }
    }
    expect(broken).toEqual([]);
  }, 3_600_000);
});

/** A run during which the disk fills up, and what was down before there was room again. */
async function fillAt(
  { trial, name }: { readonly trial: Trial; readonly name: string },
  point: Pick<Strike, 'at' | 'when'>,
): Promise<Struck & { readonly down: readonly string[]; readonly wrong: readonly string[] }> {
  const { stack, faulty } = trial;
  let callsBefore: readonly string[] = [];
  let down: readonly string[] = [];
  const { ran, wrong } = await strikeOnce(trial, {
    ...point,
    act: async (): Promise<Verdict> => {
      await runHosts('shell', name, 'sh', '-c', `(${fillUp}) 2>/dev/null`);
      callsBefore = [...faulty.calls()];
      return 'pass';
    },
    settle: async () => {
      // What was stopped while there was room cannot start without.
      const isExcused = callsBefore.some((call) => call.includes('/stop'));
      down = (await servicesDown(stack)).filter((service) => service !== 'db' || !isExcused);
      await runHosts('shell', name, 'sh', '-c', `${makeRoom} || true`);
    },
  });
  return { ...ran, down: down.map((service) => `${service} is down`), wrong };
}

async function servicesDown(stack: TestStack): Promise<readonly string[]> {
  const containers = await stack.containers();
  const isUp = (service: string): boolean =>
    containers.some(
      ({ Config, State }) => Config.Labels['com.docker.compose.service'] === service && State.Status === 'running',
    );
  return ['web', 'db'].filter((service) => !isUp(service));
}
