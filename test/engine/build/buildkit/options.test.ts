import { expect, test } from 'vitest';

import { frontendOptions, parseCache } from '../../../../src/engine/build/buildkit/options.ts';
import { build } from '../../../support/builders.ts';

const dockerfile = { text: 'FROM x', path: 'Dockerfile', isInContext: true };

test('a build of a folder is the Dockerfile beside it, and images that are here are taken from here', () => {
  expect(frontendOptions(build({ context: '/app' }), [], dockerfile)).toEqual([
    ['filename', 'Dockerfile'],
    ['image-resolve-mode', 'local'],
  ]);
});

test('every option has the name that the Dockerfile frontend has for it', () => {
  const wanted = build({
    context: '/app',
    labels: [['of', 'me']],
    target: 'last',
    noCache: true,
    pull: true,
    network: 'host',
    shmSizeBytes: 1024,
    extraHosts: ['a=10.0.0.1', 'b=::1'],
    platforms: ['linux/arm64'],
    ulimits: [{ name: 'nofile', soft: 1, hard: 2 }],
    additionalContexts: [
      ['more', '/more'],
      ['base', 'docker-image://x:1'],
      ['context', '/odd'],
    ],
  });
  expect(Object.fromEntries(frontendOptions(wanted, [['WHO', 'me']], dockerfile))).toEqual({
    filename: 'Dockerfile',
    'build-arg:WHO': 'me',
    'label:of': 'me',
    'context:more': 'local:more',
    'context:base': 'docker-image://x:1',
    'context:context': 'local:_context',
    'image-resolve-mode': 'pull',
    'no-cache': '',
    target: 'last',
    platform: 'linux/arm64',
    'force-network-mode': 'host',
    'shm-size': '1024',
    'add-hosts': 'a=10.0.0.1,b=::1',
    ulimit: 'nofile=1:2',
  });
});

test('a context by URL is BuildKit’s to fetch, with its own Dockerfile or ours', () => {
  const remote = build({ context: 'https://example.com/a.git', dockerfile: 'docker/web' });
  const own = Object.fromEntries(frontendOptions(remote, [], undefined));
  expect(own).toMatchObject({ context: 'https://example.com/a.git', filename: 'docker/web' });
  const ours = Object.fromEntries(frontendOptions(remote, [], { ...dockerfile, isInContext: false }));
  expect(ours).toMatchObject({ filename: 'Dockerfile', dockerfilekey: 'dockerfile' });
});

test('a cache is a reference, or its type and attributes', () => {
  expect(parseCache('user/app:cache')).toEqual({ type: 'registry', attributes: [['ref', 'user/app:cache']] });
  expect(parseCache('type=registry,ref=a=b')).toEqual({ type: 'registry', attributes: [['ref', 'a=b']] });
  expect(parseCache('type=inline')).toEqual({ type: 'inline', attributes: [] });
  expect(() => parseCache('ref=a')).toThrow('has no type');
});
