import { expect, test } from 'vitest';

import type { Operation } from '../../../../src/model/plan.ts';
import { container, desired, madeNetwork, service, up } from '../../../support/builders.ts';
import { type Planning, planned, planText } from '../../planning.ts';

const linking = service({ container: { links: ['db:database', 'cache'] } });
const db = service({ name: 'db', containerName: 'the-db' });
const cache = service({ name: 'cache', replicas: 2 });
const networks = [madeNetwork()];

function linked(planning: Planning): unknown {
  const isWeb = ({ address, kind }: Operation): boolean => address === 'service/web/1' && kind === 'create-container';
  const operation = planned(planning).steps.find((step) => isWeb(step.operation))?.operation;
  return operation?.kind === 'create-container' ? operation.creation.linked : undefined;
}

test('links mean every container of a service, by the name that it has', () => {
  expect(linked({ desired: desired([linking, db, cache]), engine: { networks } })).toEqual([
    ['db', ['the-db']],
    ['cache', ['app-cache-1', 'app-cache-2']],
  ]);
});

test('containers of services that were not asked for are linked as they are', () => {
  const containers = [container({ service: 'db', name: 'the-db.next-12345678' }), container({ service: 'cache' })];
  const request = up({ services: ['web'], withDependencies: false });
  expect(linked({ desired: desired([linking, db, cache]), engine: { networks, containers }, request })).toEqual([
    ['db', ['the-db']],
    ['cache', ['app-cache-1']],
  ]);
});

test('a container is made after all that it is linked to', () => {
  expect(planText({ desired: desired([linking, db, cache]), engine: { networks } })).toMatchInlineSnapshot(`
    "
    #0 alpha create-container service/cache/1: no container
    #1 (0) alpha start-container service/cache/1: no container
    #2 alpha create-container service/cache/2: no container
    #3 (2) alpha start-container service/cache/2: no container
    #4 alpha create-container service/db/1: no container
    #5 (4) alpha start-container service/db/1: no container
    #6 (0,2,4) alpha create-container service/web/1: no container
    #7 (6) alpha start-container service/web/1: no container
    "
  `);
});
