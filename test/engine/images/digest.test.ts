import { expect, test } from 'vitest';

import { normalReference } from '../../../src/engine/images/reference.ts';
import { failureOf, soon, withFakeEngine } from '../support/fake-engine.ts';

const digest = `sha256:${'a1'.repeat(32)}`;

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.25', 'docker.io/library/nginx:1.25'],
  ['docker.io/nginx', 'docker.io/library/nginx:latest'],
  ['index.docker.io/bitnami/redis:7', 'docker.io/bitnami/redis:7'],
  ['localhost:5000/x', 'localhost:5000/x:latest'],
  [`reg.example/a/b:1@${digest}`, `reg.example/a/b@${digest}`],
])('%s is %s in full', (text, full) => {
  expect(normalReference(text)).toBe(full);
});

test("the engine asks the image's registry for the digest", async () => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(200).end(JSON.stringify({ Descriptor: { digest } })),
    async (engine, { asked }) => {
      expect(await engine.resolveDigest('nginx:1.25', soon())).toBe(digest);
      expect(asked[0]?.path).toMatch(/\/distribution\/docker\.io\/library\/nginx:1\.25\/json$/);
    },
  );
});

test.each([
  ['a registry that does not have it', 404, { message: 'manifest unknown' }, 'not-found'],
  ['a registry that wants a password', 401, { message: 'unauthorized: authentication required' }, 'unauthorized'],
  ['an answer without a digest', 200, {}, 'rejected'],
])('%s is a failure of its kind', async (_, status, body, code) => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(status).end(JSON.stringify(body)),
    async (engine) => {
      expect((await failureOf(engine.resolveDigest('nginx', soon()))).code).toBe(code);
    },
  );
});

test('a signal ends the wait for a registry that does not answer', async () => {
  await withFakeEngine(
    () => undefined,
    async (engine) => {
      const failure = await failureOf(engine.resolveDigest('nginx', AbortSignal.timeout(50)));
      expect(failure.code).toBe('timeout');
    },
  );
});
