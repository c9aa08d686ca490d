import { expect, test } from 'vitest';

import { observeQuery } from '../../src/plan/query.ts';
import { desired, down, service, up, volumeMount } from '../support/builders.ts';

const stack = desired([
  service({
    replicas: 2,
    container: {
      volumes: [
        volumeMount('data'),
        { type: 'image', source: 'tools:1', target: '/tools', readOnly: true, subpath: undefined },
      ],
    },
  }),
  service({ name: 'db', containerName: 'shop-db' }),
]);

test('asks for every name and image that a plan may need, scale included', () => {
  expect(observeQuery('app', stack, up({ scale: new Map([['web', 3]]) }))).toEqual({
    stack: 'app',
    networks: ['app_default'],
    volumes: ['app_data'],
    images: ['nginx:1.27', 'tools:1'],
    containerNames: ['app-web-1', 'app-web-2', 'app-web-3', 'shop-db'],
  });
});

test('asks for no container names where none is created', () => {
  expect(observeQuery('app', stack, down()).containerNames).toEqual([]);
});
