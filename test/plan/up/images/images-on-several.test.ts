import { expect, test } from 'vitest';

import { engineName } from '../../../../src/model/id.ts';
import { loneMember } from '../../../../src/model/inventory.ts';
import type { ObservedEngine, ObservedImage } from '../../../../src/model/observed.ts';
import {
  build,
  container,
  desired,
  engine,
  image,
  info,
  madeNetwork,
  observed,
  service,
  up,
} from '../../../support/builders.ts';
import { notices, type Planning, planned, refusals } from '../../planning.ts';

const on = (name: string, images: Readonly<Record<string, ObservedImage>>, overrides: Partial<ObservedEngine> = {}) =>
  engine({
    name: engineName(name),
    info: info({ hostname: name }),
    member: loneMember,
    networks: [madeNetwork()],
    images: new Map(Object.entries(images)),
    ...overrides,
  });
const pulled = image('a', { digests: [`nginx@sha256:${'1'.repeat(64)}`] });
const local = image('a');
const two = desired([service({ replicas: 2 })]);
const built = desired([service({ replicas: 2, build: build(), container: { image: 'app-web' } })]);

/** What is done about images. */
const stepsOf = (planning: Planning): readonly string[] =>
  planned(planning).steps.flatMap(({ operation: it }) =>
    it.address.startsWith('image/') ? `${it.engine} ${it.kind}: ${it.reasons.join('; ')}` : [],
  );

test('an image that a registry has is pulled where it is missing', () => {
  const engines = observed(on('a', { 'nginx:1.27': pulled }), on('b', {}));

  expect(stepsOf({ desired: two, observed: engines })).toEqual(['b pull-image: not on engine b']);
});

test('it is copied once no registry gave it, and the failed pull is none of the run’s', () => {
  const engines = observed(on('a', { 'nginx:1.27': pulled }), on('b', {}));
  const step = planned({ desired: two, observed: engines }).steps[0]?.operation;
  const givenUp = [{ engine: engineName('b'), address: 'image/nginx:1.27', kind: 'pull-image', reason: '' }] as const;

  expect(step).toMatchObject({ kind: 'pull-image', isOptional: true });
  expect(stepsOf({ desired: two, observed: engines, history: { givenUp } })).toEqual([
    'b copy-image: not on engine b; copied from a',
  ]);
});

test('an image that is in no registry is copied', () => {
  const engines = observed(on('a', { 'nginx:1.27': local }), on('b', {}));

  expect(stepsOf({ desired: two, observed: engines })).toEqual(['b copy-image: not on engine b; copied from a']);
});

test('where nothing may be pulled, what another engine has is copied, and what none has is refused', () => {
  const never = desired([service({ replicas: 2, pullPolicy: 'never' })]);

  expect(stepsOf({ desired: never, observed: observed(on('a', { 'nginx:1.27': pulled }), on('b', {})) })).toEqual([
    'b copy-image: not on engine b; copied from a',
  ]);
  expect(refusals({ desired: never, observed: observed(on('a', {}), on('b', {})) })).toHaveLength(2);
});

test('an image of another platform is of no use', () => {
  const arm = on('a', { 'nginx:1.27': local }, { info: info({ hostname: 'a', arch: 'arm64' }) });

  expect(stepsOf({ desired: two, observed: observed(arm, on('b', {})) })).toEqual(['b pull-image: not on engine b']);
});

test('a build that was asked for happens once, and replaces what the others have', () => {
  const engines = observed(on('a', { 'app-web': image('b') }), on('b', { 'app-web': image('c') }));

  expect(stepsOf({ desired: built, observed: engines, request: up({ build: 'always' }) })).toEqual([
    'a build-image: a build was asked for',
    'b copy-image: a has other content of it; copied from a',
  ]);
});

test('an engine that was away gets what the youngest container runs, not the other way round', () => {
  const running = container({ image: 'app-web', imageId: image('c').id, slot: 2 });
  const engines = observed(
    on('a', { 'app-web': image('b') }),
    on('b', { 'app-web': image('c') }, { containers: [running] }),
  );

  expect(stepsOf({ desired: built, observed: engines })).toEqual([
    'a copy-image: b has other content of it; copied from b',
  ]);
});

test('stack build builds on the first engine and copies to the others', () => {
  const request = {
    kind: 'build' as const,
    services: [],
    withDependencies: false,
    noCache: false,
    pull: false,
    args: [],
  };

  expect(stepsOf({ desired: built, observed: observed(on('b', {}), on('a', {})), request })).toEqual([
    'a build-image: build was asked for',
    'b copy-image: built on a',
  ]);
});

test('different content under one name is mentioned', () => {
  const other = image('b', { digests: [`nginx@sha256:${'2'.repeat(64)}`] });
  const engines = observed(on('a', { 'nginx:1.27': pulled }), on('b', { 'nginx:1.27': other }));

  expect(notices({ desired: two, observed: engines })).toEqual([
    'image-differs: engines have different content of nginx:1.27: a: sha256:aaaaaaaaaaaa, b: sha256:bbbbbbbbbbbb',
  ]);
});
