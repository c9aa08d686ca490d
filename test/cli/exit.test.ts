import { expect, test } from 'vitest';
import { endingOfApplied } from '../../src/cli/apply.ts';
import { endingOf, refused, UsageError } from '../../src/cli/exit.ts';
import { EngineError, type EngineErrorCode } from '../../src/engine/engine.ts';
import { engineName } from '../../src/model/id.ts';
import type { Refusal } from '../../src/model/plan.ts';
import { openShop } from './support/stack.ts';

const engine = engineName('east');

test.each([
  ['unreachable', 5],
  ['incompatible', 5],
  ['timeout', 5],
  ['lost', 5],
  ['unauthorized', 5],
  ['no-space', 1],
  ['rejected', 1],
] satisfies readonly (readonly [EngineErrorCode, number])[])('an engine that is %s ends with %i', (code, exit) => {
  const ending = endingOf(new EngineError(code, engine, 'connection refused', { hint: 'start it' }));
  expect(ending).toEqual({ code: exit, lines: ['error: engine east: connection refused', 'hint: start it'] });
});

test('a command line that makes no sense ends with 2', () => {
  expect(endingOf(new UsageError('no such service: wbe', 'did you mean web?'))).toEqual({
    code: 2,
    lines: ['error: no such service: wbe', 'hint: did you mean web?'],
  });
});

const refusal = (kind: Refusal['kind']): Refusal => ({
  kind,
  code: 'x',
  address: 'volume/data',
  message: 'would be lost',
  hint: 'use --volumes',
});

test('a refusal for data safety ends with 7, also beside another', () => {
  expect(refused([refusal('impossible'), refusal('data-safety')]).code).toBe(7);
  expect(refused([refusal('impossible')])).toEqual({
    code: 1,
    lines: ['error: volume/data: would be lost', 'hint: use --volumes'],
  });
});

test('a bug of ours ends with 1, its stack and where to send it', () => {
  const { code, lines } = endingOf(new TypeError('undefined is not a function'));
  expect(code).toBe(1);
  expect(lines[0]).toBe('error: this is a bug in stack, not in your file.');
  expect(lines.join('\n')).toContain('exit.test.ts');
  expect(lines.at(-1)).toContain('report');
});

test('words of an engine cannot act on the terminal', () => {
  const { lines } = endingOf(new EngineError('rejected', engine, 'no \u001b[31mred\u001b]52;c;x\u0007'));
  expect(lines.join('')).not.toMatch(/[\u001b\u0007]/);
});

test('every diagnostic of a bad file is shown at once, exit 2, and no engine is asked', async () => {
  const { run } = openShop('services: { web: { imgae: nginx, prots: [80] } }');
  const connect = { engines: [] };
  const { code, out, err } = await run('up -d', connect);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('stack.yaml:2:');
  expect(err).toContain('2 errors');
});

test('a failure on the way ends with 1 and is named', async () => {
  const { run } = openShop('services: { web: { image: nginx } }', {
    behave: () => ({ refusesToStart: 'exec: "nope": not found' }),
  });
  const { code, err } = await run('up -d');
  expect(code).toBe(1);
  expect(err).toContain('exec: "nope": not found');
});

test('an engine that was lost on the way ends with 6, and a failure beside it with 1', () => {
  const outcome = {
    kind: 'partial',
    rounds: 1,
    changes: 1,
    observed: { engines: [] },
    failures: [],
    lost: [{ engine, code: 'lost', message: 'connection closed' }],
    notices: [],
  } as const;
  expect(endingOfApplied({ outcome, signal: undefined, unknown: [] }).code).toBe(6);
  expect(endingOfApplied({ outcome: { ...outcome, kind: 'failed' }, signal: undefined, unknown: [] }).code).toBe(1);
});

test('with --progress json the ending is an event too', async () => {
  const { run } = openShop('services: {}');
  const { err } = await run('--progress json ps wbe');
  expect(JSON.parse(err)).toMatchObject({ v: 1, type: 'error', exitCode: 2, message: expect.stringContaining('wbe') });
});

test('a misspelt command is two lines and exit 2', async () => {
  const { run } = openShop('services: {}');
  const { code, err } = await run('upp');
  expect([code, err]).toEqual([2, "error: unknown command 'upp' (Did you mean up?)\nRun 'stack --help' for usage.\n"]);
});

test('help goes to standard output with exit 0', async () => {
  const { run } = openShop('services: {}');
  const { code, out, err } = await run('up --help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('Usage: stack up [OPTIONS] [SERVICE...]');
});
