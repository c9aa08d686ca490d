import { describe, expect, test } from 'vitest';

import { observeQuery } from '../../src/plan/query.ts';
import { desired, down, lifecycle, port, service, up, volumeMount } from '../support/builders.ts';

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
    wantsOthers: false,
  });
});

test('asks for no container names where none is created', () => {
  expect(observeQuery('app', stack, down()).containerNames).toEqual([]);
});

describe('asks what others hold', () => {
  const wants = (...given: Parameters<typeof observeQuery>): boolean => observeQuery(...given).wantsOthers;
  const publishing = desired([service({ container: { ports: [port(8080)] } })]);

  test('where a fixed host port is wanted', () => {
    expect(wants('app', publishing, up())).toBe(true);
    expect(wants('app', desired([service({ container: { ports: [port(undefined)] } })]), up())).toBe(false);
  });

  test('where resources are reserved', () => {
    const reserved = { cpuNanos: 1e9, memoryBytes: 0 };
    const placement = { ...service().placement, reserved };
    expect(wants('app', desired([service({ placement })]), up())).toBe(true);
  });

  test('where there are engines to choose from', () => {
    expect(wants('app', stack, up(), 2)).toBe(true);
  });

  test('where only the containers tell what they will need', () => {
    expect(wants('app', undefined, lifecycle('start'))).toBe(true);
  });

  test('but not where nothing is started', () => {
    expect(wants('app', publishing, down())).toBe(false);
    expect(wants('app', publishing, lifecycle('stop'))).toBe(false);
  });
});
