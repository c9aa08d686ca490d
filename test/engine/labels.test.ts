import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  containerLabels,
  dependencyNames,
  networkLabels,
  recordedPrevious,
  recordedSpec,
  volumeLabels,
} from '../../src/engine/labels.ts';
import { imageId } from '../../src/model/id.ts';
import { creation, network, project, spec, volume } from './support/creation.ts';

const labelsOf = (...of: Parameters<typeof creation>): readonly (readonly [string, string])[] =>
  Object.entries(containerLabels(creation(...of)));

test('a container carries the labels by which Compose knows its own', () => {
  const labels = containerLabels(
    creation({
      spec: spec({ labels: [['mine', 'x']] }),
      imageId: imageId('sha256:abc'),
      dependsOn: [
        { service: 'db', condition: 'healthy', restart: false, required: true },
        { service: 'init', condition: 'completed', restart: true, required: true },
      ],
    }),
  );
  expect(labels).toMatchObject({
    mine: 'x',
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': 'web',
    'com.docker.compose.container-number': '1',
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.project.working_dir': '/srv/shop',
    'com.docker.compose.project.config_files': '/srv/shop/stack.yaml,/srv/shop/stack.override.yaml',
    'com.docker.compose.depends_on': 'db:service_healthy:false,init:service_completed_successfully:true',
    'com.docker.compose.image': 'sha256:abc',
    'com.docker.compose.config-hash': labels['stack.hash'],
  });
  expect(labels['com.docker.compose.version']).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Object.keys(labels)).not.toContain('com.docker.compose.project.environment_file');
});

test('a label of the user cannot stand in for one of ours', () => {
  const labels = new Map(labelsOf({ spec: spec({ labels: [['com.docker.compose.project', 'other']] }) }));
  expect(labels.get('com.docker.compose.project')).toBe('shop');
});

test('networks and volumes carry their key', () => {
  expect(networkLabels(project, network('front'))).toMatchObject({
    'com.docker.compose.project': 'shop',
    'com.docker.compose.network': 'front',
  });
  expect(volumeLabels(project, volume('data'))).toMatchObject({
    'com.docker.compose.project': 'shop',
    'com.docker.compose.volume': 'data',
  });
});

test('what is recorded comes back, whatever the names are', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (environment) => {
      const written = spec({ environment: [...environment, ['__proto__', 'x']] });
      const read = recordedSpec(labelsOf({ spec: written }));
      expect(read).toEqual(JSON.parse(JSON.stringify(written)));
    }),
  );
});

test('what somebody changed is not ours any more', () => {
  const changed = labelsOf().map(([name, text]) =>
    name === 'stack.spec' ? ([name, text.replace('nginx', 'evil')] as const) : ([name, text] as const),
  );
  expect(recordedSpec(changed)).toBeUndefined();
});

test('what a newer version wrote is left alone', () => {
  const newer = labelsOf().map(([name, text]) => [name, name === 'stack.schema' ? '2' : text] as const);
  expect(recordedSpec(newer)).toBeUndefined();
});

test('what Compose made has no record of ours', () => {
  expect(recordedSpec([['com.docker.compose.project', 'shop']])).toBeUndefined();
});

test.each([
  ['', []],
  ['db:service_healthy:false', ['db']],
  ['db:service_healthy:false,cache:service_started:true', ['db', 'cache']],
  ['db', ['db']],
])('dependencies are read from the label "%s"', (text, names) => {
  expect(dependencyNames(text)).toEqual(names);
});

test('what a container remembers of the version before is read as it was written', () => {
  const previous = {
    spec: JSON.parse(JSON.stringify(spec())) as ReturnType<typeof spec>,
    imageId: imageId(`sha256:${'b'.repeat(64)}`),
  };

  expect(recordedPrevious(labelsOf({ previous }))).toEqual(previous);
  expect(recordedPrevious(labelsOf({ previous: 'went-back' }))).toBe('went-back');
  expect(recordedPrevious(labelsOf())).toBeUndefined();
});

test('a memory of the version before that cannot be read is none', () => {
  const labels = labelsOf({ previous: 'went-back' });
  const spoiled = labels.map(([name, text]) => [name, name === 'stack.previous' ? '{"spec":' : text] as const);

  expect(recordedPrevious(spoiled)).toBeUndefined();
});
