import { describe, expect, test } from 'vitest';

import type { PullPolicy } from '../../../../src/model/desired.ts';
import { alpha, build, container, desired, image, madeNetwork, service, up } from '../../../support/builders.ts';
import { planned, planText, refusals } from '../../planning.ts';

const none = { images: new Map() };
const withPolicy = (pullPolicy: PullPolicy) => desired([service({ pullPolicy })]);
const built = desired([service({ build: build(), container: { image: 'app-web' } })]);
const firstOf = (planning: Parameters<typeof planned>[0]): string => {
  const step = planned(planning).steps[0]?.operation;
  return `${step?.kind ?? ''}: ${step?.reasons.join() ?? ''}`;
};

test('every change waits until all images are there', () => {
  const two = desired([service(), service({ name: 'db', container: { image: 'mysql:9' } })]);

  expect(planText({ desired: two, engine: none })).toMatchInlineSnapshot(`
    "
    #0 alpha pull-image image/mysql:9: not on engine alpha
    #1 alpha pull-image image/nginx:1.27: not on engine alpha
    #2 (0,1) alpha create-network network/default: does not exist
    #3 (2) alpha create-container service/db/1: no container
    #4 (3) alpha start-container service/db/1: no container
    #5 (2) alpha create-container service/web/1: no container
    #6 (5) alpha start-container service/web/1: no container
    "
  `);
});

test('two services of one image pull it once', () => {
  const kinds = planned({ desired: desired([service(), service({ name: 'api' })]), engine: none }).steps.map(
    ({ operation }) => operation.kind,
  );

  expect(kinds.filter((kind) => kind === 'pull-image')).toHaveLength(1);
});

describe('the pull policy', () => {
  test.each([
    ['missing', 'create-network: does not exist'],
    ['always', 'pull-image: pull policy is always'],
    ['never', 'create-network: does not exist'],
  ] as const)('%s, with the image there', (policy, first) => {
    expect(firstOf({ desired: withPolicy(policy) })).toBe(first);
  });

  test('never, with the image missing, is refused', () => {
    expect(refusals({ desired: withPolicy('never'), engine: none })).toEqual([
      'impossible image-missing: image nginx:1.27 of service web is not on engine alpha, and this run may not fetch it',
    ]);
  });

  test('always means once a run', () => {
    expect(firstOf({ desired: withPolicy('always'), history: { freshImages: new Set(['nginx:1.27']) } })).toBe(
      'create-network: does not exist',
    );
  });

  test('of the request goes over that of the service', () => {
    expect(firstOf({ desired: withPolicy('missing'), request: up({ pull: 'always' }) })).toBe(
      'pull-image: pull policy is always',
    );
  });
});

describe('a service with a build', () => {
  test('is built when its image is missing', () => {
    expect(firstOf({ desired: built, engine: none })).toBe('build-image: not on engine alpha');
  });

  test('is built when that is asked for, and once a run', () => {
    const images = new Map([['app-web', image('b')]]);
    const request = up({ build: 'always' });

    expect(firstOf({ desired: built, engine: { images }, request })).toBe('build-image: a build was asked for');
    expect(
      firstOf({ desired: built, engine: { images }, request, history: { freshImages: new Set(['app-web']) } }),
    ).toBe('create-network: does not exist');
  });

  test('is refused with --no-build when its image is missing', () => {
    expect(refusals({ desired: built, engine: none, request: up({ build: 'never' }) })).toEqual([
      'impossible image-missing: image app-web of service web is not on engine alpha, and this run may not fetch it',
    ]);
  });
});

test('a pull that was given up takes everything that waits for it out of the plan', () => {
  const givenUp = [{ engine: alpha, address: 'image/nginx:1.27', kind: 'pull-image', reason: 'not found' }] as const;

  expect(planText({ desired: withPolicy('missing'), engine: none, history: { givenUp } })).toBe('\n');
});

test('pull fetches what is missing, or everything, and leaves built images alone', () => {
  const stack = desired([service(), service({ name: 'api', build: build(), container: { image: 'app-api' } })]);
  const pull = {
    kind: 'pull',
    services: [],
    withDependencies: false,
    policy: 'always',
    ignoreBuildable: false,
  } as const;

  expect(planText({ desired: stack, request: pull })).toMatchInlineSnapshot(`
    "
    #0 alpha pull-image image/nginx:1.27: pull was asked for
    "
  `);
  expect(planText({ desired: stack, request: { ...pull, policy: 'missing' } })).toBe('\n');
});

test('build takes the words of the request over those of the file, and builds a base before what stands on it', () => {
  const base = service({ name: 'base', build: build(), container: { image: 'app-base' } });
  const app = service({
    name: 'app',
    build: build({
      args: [
        ['A', '1'],
        ['B', '1'],
      ],
      additionalContexts: [['base', 'service:base']],
    }),
    dependsOn: [{ service: 'base', condition: 'started', restart: false, required: true }],
    container: { image: 'app-app' },
  });
  const request = {
    kind: 'build',
    services: [],
    withDependencies: false,
    noCache: true,
    pull: false,
    args: [['B', '2']],
  } as const;
  const planning = { desired: desired([base, app]), request };

  expect(planText(planning)).toMatchInlineSnapshot(`
    "
    #0 alpha build-image image/app-base: build was asked for
    #1 (0) alpha build-image image/app-app: build was asked for
    "
  `);
  expect(planned(planning).steps[1]?.operation).toMatchObject({
    build: {
      noCache: true,
      args: [
        ['A', '1'],
        ['B', '2'],
      ],
    },
  });
});

test('a container whose image lost its name keeps running while the image is fetched', () => {
  expect(
    planText({
      desired: desired([service()]),
      engine: { ...none, networks: [madeNetwork()], containers: [container()] },
    }),
  ).toMatchInlineSnapshot(`
    "
    #0 alpha pull-image image/nginx:1.27: not on engine alpha
    "
  `);
});

test('up builds a base before what stands on it, whose context is then its image', () => {
  const base = service({ name: 'zero', build: build(), container: { image: 'app-zero' } });
  const app = service({
    name: 'app',
    build: build({ additionalContexts: [['base', 'service:zero']], labels: [['of', 'me']] }),
    container: { image: 'app-app' },
  });
  const { steps } = planned({ desired: desired([app, base]), engine: { images: new Map() } });
  const builds = steps.filter(({ operation }) => operation.kind === 'build-image');
  expect(builds.map(({ operation }) => operation.address)).toEqual(['image/app-zero', 'image/app-app']);
  expect(builds[1]?.after).toEqual([builds[0]?.id]);
  expect(builds[1]?.operation).toMatchObject({
    build: {
      additionalContexts: [['base', 'docker-image://app-zero']],
      labels: [
        ['com.docker.compose.project', 'app'],
        ['com.docker.compose.service', 'app'],
        ['of', 'me'],
      ],
    },
  });
});
