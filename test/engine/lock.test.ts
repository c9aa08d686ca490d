import { expect, test } from 'vitest';
import { containerId } from '../../src/model/id.ts';
import { lockOwner } from '../support/locks.ts';
import { type Answer, refuse, soon, withFakeEngine } from './support/fake-engine.ts';

const id = 'c0ffee'.padEnd(64, '0');

/** An engine that has the lock's image only after it was imported, where `imports` says that importing works. */
function engineWithoutImage({ imports }: { readonly imports: boolean }): Answer {
  let hasImage = false;
  return ({ path, query }, response) => {
    if (path.endsWith('/images/create')) {
      expect([query.get('fromSrc'), query.get('repo')]).toEqual(['-', 'stack-lock']);
      hasImage = imports;
      return imports ? { status: 'sha256:abc' } : { errorDetail: { message: 'no space left on device' } };
    }
    return hasImage ? { Id: id } : refuse(response, 404, 'No such image: stack-lock:latest');
  };
}

test('a lock brings its own image to an engine that does not have it', async () => {
  await withFakeEngine(engineWithoutImage({ imports: true }), async (engine, { asked }) => {
    expect(await engine.createLock('shop', lockOwner(), soon())).toBe(id);
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1.45/containers/create',
      'POST /v1.45/images/create',
      'POST /v1.45/containers/create',
    ]);
    const { query, body } = asked[2] ?? { query: new URLSearchParams(), body: Buffer.from('{}') };
    expect(query.get('name')).toBe('stack-lock-shop');
    const { Labels } = JSON.parse(body.toString()) as { readonly Labels: Readonly<Record<string, string>> };
    expect(Labels).toMatchObject({ 'stack.lock': 'shop', 'stack.lock.user': 'anna', 'stack.lock.pid': '4121' });
    expect(Labels).not.toHaveProperty(['com.docker.compose.project']);
  });
});

test('an image that cannot be imported is the reason why there is no lock', async () => {
  await withFakeEngine(engineWithoutImage({ imports: false }), async (engine) => {
    await expect(engine.createLock('shop', lockOwner(), soon())).rejects.toThrow('no space left on device');
  });
});

test('a lock that another run is removing at this moment counts as released', async () => {
  const busy: Answer = (_, response) => refuse(response, 409, `removal of container ${id} is already in progress`);
  await withFakeEngine(busy, async (engine) => {
    await engine.releaseLock(containerId(id), soon());
  });
});

test('a lock is told from what merely bears its name', async () => {
  const labels: Answer = () => ({ Id: id, Name: '/stack-lock-shop', Config: { Labels: { 'stack.lock': 'other' } } });
  await withFakeEngine(labels, async (engine) => {
    await expect(engine.readLock('shop', soon())).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('a container that another run made for the stack since the list was read is not foreign', async () => {
  const named = (project: string): object => ({
    Id: id,
    Name: '/shop-web-1',
    Config: { Labels: { 'com.docker.compose.project': project } },
  });
  let project = 'shop';
  const late: Answer = ({ path }, response) => {
    if (path.endsWith('/info')) return {};
    if (path.endsWith('/volumes')) return { Volumes: [] };
    if (path.endsWith('/containers/json') || path.endsWith('/networks')) return response.end('[]');
    return named(project);
  };
  await withFakeEngine(late, async (engine) => {
    const query = { stack: 'shop', networks: [], volumes: [], images: [], containerNames: ['shop-web-1'] };
    expect((await engine.observe(query, soon())).foreignContainerNames).toEqual([]);
    project = 'other';
    expect((await engine.observe(query, soon())).foreignContainerNames).toEqual(['shop-web-1']);
  });
});
