import { describe, expect, test } from 'vitest';

import { networkId } from '../../../src/model/id.ts';
import {
  alpha,
  attachment,
  container,
  dependency,
  desired,
  healthcheck,
  idOf,
  image,
  info,
  madeNetwork,
  network,
  port,
  service,
  spec,
  up,
  volumeMount,
} from '../../support/builders.ts';
import { notices, planned, planText, refusals } from '../planning.ts';

const standing = { networks: [madeNetwork()] };

describe('a fresh stack', () => {
  test('networks and volumes come first, and a start waits for what it depends on', () => {
    const blog = desired([
      service({ name: 'db', container: { healthcheck: healthcheck(), volumes: [volumeMount('data')] } }),
      service({ name: 'web', dependsOn: [dependency('db', { condition: 'healthy' })] }),
    ]);

    expect(planText({ desired: blog })).toMatchInlineSnapshot(`
      "
      #0 alpha create-network network/default: does not exist
      #1 alpha create-volume volume/data: does not exist
      #2 (0,1) alpha create-container service/db/1: no container
      #3 (2) alpha start-container service/db/1: no container
      #4 (0) alpha create-container service/web/1: no container
      #5 (3) alpha wait-container service/db/1: web waits for db: service_healthy
      #6 (4,5) alpha start-container service/web/1: no container
      "
    `);
  });

  test('independent services wait for nothing of each other', () => {
    expect(planText({ desired: desired([service({ name: 'a' }), service({ name: 'b' })]) })).toMatchInlineSnapshot(`
      "
      #0 alpha create-network network/default: does not exist
      #1 (0) alpha create-container service/a/1: no container
      #2 (1) alpha start-container service/a/1: no container
      #3 (0) alpha create-container service/b/1: no container
      #4 (3) alpha start-container service/b/1: no container
      "
    `);
  });

  test('a dependency that only has to be started costs no wait', () => {
    const stack = desired([service({ name: 'db' }), service({ dependsOn: [dependency('db')] })]);

    expect(planText({ desired: stack })).toMatchInlineSnapshot(`
      "
      #0 alpha create-network network/default: does not exist
      #1 (0) alpha create-container service/db/1: no container
      #2 (1) alpha start-container service/db/1: no container
      #3 (0) alpha create-container service/web/1: no container
      #4 (2,3) alpha start-container service/web/1: no container
      "
    `);
  });

  test('a container answers to its own name, its service’s, and the aliases of the file', () => {
    const attached = { kind: 'networks', attachments: [attachment('default', { aliases: ['www', 'web'] })] } as const;
    const { steps } = planned({ desired: desired([service({ container: { network: attached } })]) });
    const creation = steps.flatMap(({ operation }) =>
      operation.kind === 'create-container' ? operation.creation : [],
    )[0];

    expect(creation?.network).toMatchObject({ attachments: [{ aliases: ['app-web-1', 'web', 'www'] }] });
  });

  test('an engine that takes one network at creation is given the others before the start', () => {
    const attached = { kind: 'networks', attachments: [attachment('front'), attachment('back')] } as const;
    const stack = desired([service({ container: { network: attached } })], {
      networks: [network('back'), network('front')],
    });

    expect(
      planText({ desired: stack, engine: { info: info({ createsWithManyNetworks: false }) } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha create-network network/back: does not exist
      #1 alpha create-network network/front: does not exist
      #2 (0,1) alpha create-container service/web/1: no container
      #3 (2) alpha connect-network service/web/1: no container
      #4 (3) alpha start-container service/web/1: no container
      "
    `);
  });

  test('with --no-start containers are created and stay so', () => {
    expect(planText({ desired: desired([service()]), request: up({ start: false }) })).toMatchInlineSnapshot(`
      "
      #0 alpha create-network network/default: does not exist
      #1 (0) alpha create-container service/web/1: no container
      "
    `);
  });

  test('with --wait every replica is proven', () => {
    expect(
      planText({
        desired: desired([service({ container: { healthcheck: healthcheck() } })]),
        request: up({ wait: true }),
      }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha create-network network/default: does not exist
      #1 (0) alpha create-container service/web/1: no container
      #2 (1) alpha start-container service/web/1: no container
      #3 (2) alpha wait-container service/web/1: --wait was asked for
      "
    `);
  });
});

describe('a container as it is', () => {
  const plain = desired([service()]);

  test('that matches needs nothing', () => {
    expect(planText({ desired: plain, engine: { ...standing, containers: [container()] } })).toBe('\n');
  });

  test('that exited is started again', () => {
    const exited = container({ state: 'exited', exitCode: 1 });
    expect(planText({ desired: plain, engine: { ...standing, containers: [exited] } })).toMatchInlineSnapshot(`
      "
      #0 alpha start-container service/web/1: the container exited with code 1
      "
    `);
  });

  test('that exited after this run started it is left alone, and mentioned', () => {
    const exited = container({ state: 'exited', exitCode: 1 });
    const planning = {
      desired: plain,
      engine: { ...standing, containers: [exited] },
      history: { freshContainers: new Set([exited.id]) },
    };

    expect(planText(planning)).toBe('\n');
    expect(notices(planning)).toEqual(['ended-after-start: app-web-1 was started and has exited with code 1']);
  });

  test('that is paused is unpaused', () => {
    expect(
      planText({ desired: plain, engine: { ...standing, containers: [container({ state: 'paused' })] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha unpause-container service/web/1: the container is paused
      "
    `);
  });

  test('that somebody renamed gets its name back', () => {
    expect(
      planText({ desired: plain, engine: { ...standing, containers: [container({ name: 'elsewhere' })] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha rename-container service/web/1: named elsewhere
      "
    `);
  });

  test('that somebody disconnected is connected again', () => {
    expect(
      planText({ desired: plain, engine: { ...standing, containers: [container({ networks: [] })] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha connect-network service/web/1: not connected to network default
      "
    `);
  });

  test('of a job that is done is not run again', () => {
    const stack = desired([
      service({ name: 'migrate' }),
      service({ dependsOn: [dependency('migrate', { condition: 'completed' })] }),
    ]);
    const done = container({ service: 'migrate', state: 'exited' });

    expect(planText({ desired: stack, engine: { ...standing, containers: [done, container()] } })).toBe('\n');
    const failed = { ...done, exitCode: 1 };
    expect(
      planText({ desired: stack, engine: { ...standing, containers: [failed, container()] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha start-container service/migrate/1: the container exited with code 1
      "
    `);
  });
});

describe('an update', () => {
  const changed = (overrides: Parameters<typeof service>[0] = {}) =>
    desired([service({ ...overrides, container: { environment: [['A', 'b']], ...overrides.container } })]);

  test('starts the new container first where both can run, and hands the name over once it is proven', () => {
    expect(planText({ desired: changed(), engine: { ...standing, containers: [container()] } })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/1: environment.A: unset → "b"
      #1 (0) alpha start-container service/web/1: environment.A: unset → "b"
      #2 (1) alpha wait-container service/web/1: environment.A: unset → "b"
      #3 (2) alpha rename-container service/web/1: environment.A: unset → "b"
      #4 (3) alpha rename-container service/web/1: environment.A: unset → "b"
      #5 (4) alpha stop-container service/web/1: environment.A: unset → "b"
      #6 (5) alpha remove-container service/web/1: environment.A: unset → "b"
      "
    `);
  });

  test('stops the old container first where both need one host port, and keeps it until the new one is proven', () => {
    const old = container({ ports: [{ hostIp: '0.0.0.0', published: 8080, target: 80, protocol: 'tcp' }] });

    expect(
      planText({
        desired: changed({ container: { ports: [port(8080)] } }),
        engine: { ...standing, containers: [old] },
      }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/1: environment.A: unset → "b"; ports: + 8080:80
      #1 (0) alpha probe-container service/web/1: stopped first: old and new share host port 8080/tcp
      #2 (1) alpha stop-container service/web/1: stopped first: old and new share host port 8080/tcp
      #3 (2) alpha start-container service/web/1: environment.A: unset → "b"; ports: + 8080:80
      #4 (3) alpha wait-container service/web/1: environment.A: unset → "b"; ports: + 8080:80
      #5 (4) alpha rename-container service/web/1: environment.A: unset → "b"; ports: + 8080:80
      #6 (5) alpha rename-container service/web/1: environment.A: unset → "b"; ports: + 8080:80
      #7 (6) alpha remove-container service/web/1: environment.A: unset → "b"; ports: + 8080:80
      "
    `);
  });

  test.each([
    [
      'a writable volume',
      { volumes: [volumeMount('data')] },
      { mounts: [{ type: 'volume', volume: 'app_data', source: '', target: '/data' }] },
    ],
    [
      'a fixed address',
      { network: { kind: 'networks', attachments: [attachment('default', { ipv4Address: '172.18.0.9' })] } },
      {},
    ],
    ['the host’s network', { network: { kind: 'engine', mode: 'host' } }, {}],
  ] as const)('is stop-first for the sake of %s', (_what, container_, old) => {
    expect(kindsOf(changed({ container: container_ }), container(old)).indexOf('stop-container')).toBeLessThan(
      kindsOf(changed({ container: container_ }), container(old)).indexOf('start-container'),
    );
  });

  test('is start-first in spite of a shared volume if the file says so, but not in spite of a port', () => {
    const update = { ...service().update, order: 'start-first' } as const;
    const withVolume = changed({ update, container: { volumes: [volumeMount('data')] } });
    const old = container({
      mounts: [{ type: 'volume', volume: 'app_data', source: '', target: '/data' }],
      ports: [{ hostIp: '', published: 8080, target: 80, protocol: 'tcp' }],
    });
    expect(kindsOf(withVolume, old).at(-2)).toBe('stop-container');

    const withPort = changed({ update, container: { ports: [{ ...port(8080), mode: 'host' }] } });
    expect(kindsOf(withPort, old).at(-2)).toBe('rename-container');
    expect(notices({ desired: withPort, engine: { ...standing, containers: [old] } })).toEqual([
      'order-impossible: web is updated stop-first: old and new cannot both have host port 8080/tcp',
    ]);
  });

  test('of several replicas goes one by one', () => {
    const three = [1, 2].map((slot) => container({ slot }));

    expect(
      planText({ desired: changed({ replicas: 2 }), engine: { ...standing, containers: three } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/1: environment.A: unset → "b"
      #1 (0) alpha start-container service/web/1: environment.A: unset → "b"
      #2 (1) alpha wait-container service/web/1: environment.A: unset → "b"
      #3 (2) alpha rename-container service/web/1: environment.A: unset → "b"
      #4 (3) alpha rename-container service/web/1: environment.A: unset → "b"
      #5 (4) alpha stop-container service/web/1: environment.A: unset → "b"
      #6 (5) alpha remove-container service/web/1: environment.A: unset → "b"
      #7 (6) alpha create-container service/web/2: environment.A: unset → "b"
      #8 (6,7) alpha start-container service/web/2: environment.A: unset → "b"
      #9 (8) alpha wait-container service/web/2: environment.A: unset → "b"
      #10 (9) alpha rename-container service/web/2: environment.A: unset → "b"
      #11 (10) alpha rename-container service/web/2: environment.A: unset → "b"
      #12 (11) alpha stop-container service/web/2: environment.A: unset → "b"
      #13 (12) alpha remove-container service/web/2: environment.A: unset → "b"
      "
    `);
  });

  test('of a container that does not run needs no proof', () => {
    expect(
      planText({ desired: changed(), engine: { ...standing, containers: [container({ state: 'exited' })] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha rename-container service/web/1: environment.A: unset → "b"
      #1 (0) alpha create-container service/web/1: environment.A: unset → "b"
      #2 (1) alpha remove-container service/web/1: environment.A: unset → "b"
      #3 (2) alpha start-container service/web/1: environment.A: unset → "b"
      "
    `);
  });

  test('says that an image was rebuilt or pulled', () => {
    const [reason] = planned({
      desired: desired([service()]),
      engine: { ...standing, containers: [container()], images: new Map([['nginx:1.27', image('b')]]) },
    }).steps.map(({ operation }) => operation.reasons);

    expect(reason).toEqual(['image nginx:1.27 is now sha256:bbbbbbbbbbbb, the container runs sha256:aaaaaaaaaaaa']);
  });

  test('replaces what Docker Compose made', () => {
    const [first] = planned({
      desired: desired([service()]),
      engine: { ...standing, containers: [container({ spec: undefined })] },
    }).steps;

    expect(first?.operation.reasons).toEqual(['made by Docker Compose: its configuration is not recorded']);
  });

  test('takes over anonymous volumes, unless they are to be new', () => {
    const old = container({ mounts: [{ type: 'volume', volume: 'f00d', source: '', target: '/data' }] });
    const stack = changed({ container: { volumes: [volumeMount(undefined)] } });
    const inheritedBy = (request = up()) =>
      planned({ desired: stack, engine: { ...standing, containers: [old] }, request }).steps.flatMap(({ operation }) =>
        operation.kind === 'create-container' ? operation.creation.inheritedVolumes : [],
      );

    expect(inheritedBy()).toEqual([['/data', 'f00d']]);
    expect(inheritedBy(up({ renewAnonymousVolumes: true }))).toEqual([]);
  });

  test('restarts a service that asks to follow its dependency', () => {
    const stack = desired([
      service({ name: 'db', container: { environment: [['A', 'b']] } }),
      service({ dependsOn: [dependency('db', { restart: true })] }),
    ]);
    const containers = [container({ service: 'db' }), container()];

    expect(planText({ desired: stack, engine: { ...standing, containers } })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/db/1: environment.A: unset → "b"
      #1 (0) alpha start-container service/db/1: environment.A: unset → "b"
      #2 (1) alpha wait-container service/db/1: environment.A: unset → "b"
      #3 (2) alpha rename-container service/db/1: environment.A: unset → "b"
      #4 (3) alpha rename-container service/db/1: environment.A: unset → "b"
      #5 (4) alpha stop-container service/db/1: environment.A: unset → "b"
      #6 (5) alpha remove-container service/db/1: environment.A: unset → "b"
      #7 (2) alpha restart-container service/web/1: db was restarted (depends_on.db.restart)
      "
    `);
  });

  test('recreates a service that lives in the network of one that is recreated', () => {
    const joins = { kind: 'service', service: 'vpn' } as const;
    const stack = desired([
      service({ name: 'vpn', container: { environment: [['A', 'b']] } }),
      service({ dependsOn: [dependency('vpn')], container: { network: joins } }),
    ]);
    const containers = [container({ service: 'vpn' }), container({ spec: spec({ network: joins }), networks: [] })];

    expect(planText({ desired: stack, engine: { ...standing, containers } })).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/vpn/1: environment.A: unset → "b"
      #1 (0) alpha start-container service/vpn/1: environment.A: unset → "b"
      #2 (1) alpha wait-container service/vpn/1: environment.A: unset → "b"
      #3 (2) alpha rename-container service/vpn/1: environment.A: unset → "b"
      #4 (3) alpha rename-container service/vpn/1: environment.A: unset → "b"
      #5 (4) alpha stop-container service/vpn/1: environment.A: unset → "b"
      #6 (5) alpha remove-container service/vpn/1: environment.A: unset → "b"
      #7 (0) alpha create-container service/web/1: shares what belongs to a container of vpn, which was replaced
      #8 (2,7) alpha probe-container service/web/1: stopped first: old and new share network_mode service:vpn
      #9 (8) alpha stop-container service/web/1: stopped first: old and new share network_mode service:vpn
      #10 (9) alpha start-container service/web/1: shares what belongs to a container of vpn, which was replaced
      #11 (10) alpha wait-container service/web/1: shares what belongs to a container of vpn, which was replaced
      #12 (11) alpha rename-container service/web/1: shares what belongs to a container of vpn, which was replaced
      #13 (12) alpha rename-container service/web/1: shares what belongs to a container of vpn, which was replaced
      #14 (13) alpha remove-container service/web/1: shares what belongs to a container of vpn, which was replaced
      "
    `);
  });

  test('by force happens once a run', () => {
    const request = up({ recreate: 'always' });
    const fresh = container();
    expect(
      planned({ desired: desired([service()]), engine: { ...standing, containers: [fresh] }, request }).steps,
    ).not.toEqual([]);
    expect(
      planText({
        desired: desired([service()]),
        engine: { ...standing, containers: [fresh] },
        request,
        history: { freshContainers: new Set([fresh.id]) },
      }),
    ).toBe('\n');
  });

  test('never happens with --no-recreate', () => {
    expect(
      planText({
        desired: changed(),
        engine: { ...standing, containers: [container()] },
        request: up({ recreate: 'never' }),
      }),
    ).toBe('\n');
  });

  const kindsOf = (stack: ReturnType<typeof desired>, old: ReturnType<typeof container>): readonly string[] =>
    planned({ desired: stack, engine: { ...standing, containers: [old] } }).steps.map(
      ({ operation }) => operation.kind,
    );
});

describe('what an interrupted run left', () => {
  const next = { ...service(), container: spec({ environment: [['A', 'b']] }) };
  const stack = desired([next]);
  const candidate = container({ name: 'app-web-1.next-0badcafe', spec: next.container });

  test('a candidate that was started is proven before it takes over', () => {
    expect(
      planText({ desired: stack, engine: { ...standing, containers: [container(), candidate] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha wait-container service/web/1: environment.A: unset → "b"
      #1 (0) alpha rename-container service/web/1: environment.A: unset → "b"
      #2 (1) alpha rename-container service/web/1: environment.A: unset → "b"
      #3 (2) alpha stop-container service/web/1: environment.A: unset → "b"
      #4 (3) alpha remove-container service/web/1: environment.A: unset → "b"
      "
    `);
  });

  test('a candidate that holds the name is proven: the old container goes', () => {
    const containers = [container({ name: 'app-web-1.old-c0ffee' }), { ...candidate, name: 'app-web-1' }];

    expect(planText({ desired: stack, engine: { ...standing, containers } })).toMatchInlineSnapshot(`
      "
      #0 alpha stop-container service/web/1: app-web-1 serves in its place
      #1 (0) alpha remove-container service/web/1: app-web-1 serves in its place
      "
    `);
  });

  test('a candidate of a version that is wanted no more goes', () => {
    expect(
      planText({ desired: desired([service()]), engine: { ...standing, containers: [container(), candidate] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha stop-container service/web/1: app-web-1 serves in its place
      #1 (0) alpha remove-container service/web/1: app-web-1 serves in its place
      "
    `);
  });

  test('the name that Docker Compose gives to half a recreation is put right', () => {
    expect(
      planText({
        desired: desired([service()]),
        engine: { ...standing, containers: [container({ name: '0123456789ab_app-web-1' })] },
      }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha rename-container service/web/1: named 0123456789ab_app-web-1
      "
    `);
  });
});

describe('an update that failed in this run', () => {
  const next = { ...service(), container: spec({ environment: [['A', 'b']] }) };
  const candidate = container({ name: 'app-web-1.next-0badcafe', spec: next.container, state: 'exited' });
  const history = {
    failed: new Map([[candidate.id, 'exited with code 3']]),
    givenUp: [{ engine: alpha, address: 'service/web/1', kind: 'wait-container', reason: 'exited with code 3' }],
  } as const;

  test('is undone: the old container runs again before the candidate is removed', () => {
    const containers = [container({ state: 'exited' }), candidate];

    expect(planText({ desired: desired([next]), engine: { ...standing, containers }, history })).toMatchInlineSnapshot(`
      "
      #0 alpha start-container service/web/1: the new version failed: the previous one goes on
      #1 (0) alpha wait-container service/web/1: the new version failed: the previous one goes on
      #2 (1) alpha remove-container service/web/1: exited with code 3
      "
    `);
  });

  test('is not tried again', () => {
    expect(planText({ desired: desired([next]), engine: { ...standing, containers: [container()] }, history })).toBe(
      '\n',
    );
  });

  test('leaves a first container there under its own name, to be looked at', () => {
    const planning = { desired: desired([next]), history };
    expect(planText({ ...planning, engine: { ...standing, containers: [candidate] } })).toMatchInlineSnapshot(`
      "
      #0 alpha rename-container service/web/1: exited with code 3
      "
    `);
    const named = { ...candidate, name: 'app-web-1' };
    expect(planText({ ...planning, engine: { ...standing, containers: [named] } })).toBe('\n');
  });

  test('holds back the services that depend on it, unless they can do without', () => {
    const containers = [container()];
    const api = (required: boolean) => service({ name: 'api', dependsOn: [dependency('web', { required })] });
    const planning = (required: boolean) => ({
      desired: desired([next, api(required)]),
      engine: { ...standing, containers },
      history,
    });

    expect(planText(planning(true))).toBe('\n');
    expect(planText(planning(false))).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/api/1: no container
      #1 (0) alpha start-container service/api/1: no container
      "
    `);
  });
});

describe('scale', () => {
  const running = [1, 2, 3].map((slot) => container({ slot }));

  test('down removes the highest slots', () => {
    expect(
      planText({ desired: desired([service()]), engine: { ...standing, containers: running } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha stop-container service/web/3: scaled to 1
      #1 (0) alpha remove-container service/web/3: scaled to 1
      #2 alpha stop-container service/web/2: scaled to 1
      #3 (2) alpha remove-container service/web/2: scaled to 1
      "
    `);
  });

  test('up adds the slots that are missing', () => {
    const request = up({ scale: new Map([['web', 3]]) });

    expect(
      planText({
        desired: desired([service()]),
        engine: { ...standing, containers: [container({ slot: 2 })] },
        request,
      }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha create-container service/web/1: no container
      #1 (0) alpha start-container service/web/1: no container
      #2 alpha create-container service/web/3: no container
      #3 (2) alpha start-container service/web/3: no container
      "
    `);
  });

  test.each([
    ['of mode host', { mode: 'host' }],
    ['of UDP', { protocol: 'udp' }],
    ['out of a range that is too small', { published: { from: 8080, to: 8081 } }],
  ] as const)('of a service with a host port %s is refused on one engine', (_, only) => {
    const ports = [{ ...port(8080), ...only }];
    expect(refusals({ desired: desired([service({ replicas: 3, container: { ports } })]) })).toEqual([
      'impossible port-shared-by-replicas: 3 replicas of web on one engine cannot all publish host port 8080',
    ]);
  });

  test('of a service with a name of its own is refused', () => {
    expect(refusals({ desired: desired([service({ replicas: 2, containerName: 'shop' })]) })).toEqual([
      'impossible name-shared-by-replicas: 2 replicas of web cannot all be called shop',
    ]);
  });
});

describe('choice of services', () => {
  const stack = desired([
    service({ name: 'db' }),
    service({ dependsOn: [dependency('db')] }),
    service({ name: 'aside' }),
  ]);
  const created = (request: ReturnType<typeof up>): readonly string[] =>
    planned({ desired: stack, request }).steps.flatMap(({ operation }) =>
      operation.kind === 'create-container' ? operation.address : [],
    );

  test('named services bring what they depend on, unless told not to', () => {
    expect(created(up({ services: ['web'] }))).toEqual(['service/db/1', 'service/web/1']);
    expect(created(up({ services: ['web'], withDependencies: false }))).toEqual(['service/web/1']);
  });

  test('a name that the file does not have is refused', () => {
    expect(refusals({ desired: stack, request: up({ services: ['wbe'] }) })).toEqual([
      'impossible unknown-service: there is no service wbe',
    ]);
  });

  test('forced recreation spares the dependencies of what was named', () => {
    const containers = [container({ service: 'db' }), container()];
    const request = up({ services: ['web'], recreate: 'always' });
    const touched = planned({ desired: stack, engine: { ...standing, containers }, request }).steps.map(
      ({ operation }) => operation.address,
    );

    expect([...new Set(touched)]).toEqual(['service/web/1']);
  });
});

describe('names', () => {
  test('held by a container of somebody else are refused', () => {
    expect(refusals({ desired: desired([service()]), engine: { foreignContainerNames: ['app-web-1'] } })).toEqual([
      'impossible name-taken: the name app-web-1 is used by a container on engine alpha that is not part of this stack',
    ]);
  });

  test('held by an orphan are free once it is removed', () => {
    const orphan = container({ service: 'old', name: 'shop' });
    const stack = desired([service({ containerName: 'shop' })]);
    const engine = { ...standing, containers: [orphan] };

    expect(refusals({ desired: stack, engine })).toEqual([
      'impossible name-taken: the name shop is used by a container of service old',
    ]);
    expect(planText({ desired: stack, engine, request: up({ removeOrphans: true }) })).toMatchInlineSnapshot(`
      "
      #0 alpha stop-container service/old/1: the stack file has no such service
      #1 (0) alpha remove-container service/old/1: the stack file has no such service
      #2 (1) alpha create-container service/web/1: no container
      #3 (2) alpha start-container service/web/1: no container
      "
    `);
  });
});

describe('orphans', () => {
  const orphan = container({ service: 'old' });

  test('are mentioned and left alone; a service that is switched off is none', () => {
    const containers = [orphan, container({ service: 'debug' })];
    const planning = { desired: desired([], { disabledServices: ['debug'] }), engine: { ...standing, containers } };

    expect(planText(planning)).toBe('\n');
    expect(notices(planning)).toEqual(['orphans: containers of services that the stack file does not have: app-old-1']);
  });
});

describe('networks', () => {
  const stack = desired([service()]);

  test('a changed network is made anew, and its containers with it', () => {
    const internal = desired([service()], {
      networks: [network('default', { spec: { ...network().spec, internal: true } })],
    });

    expect(planText({ desired: internal, engine: { ...standing, containers: [container()] } })).toMatchInlineSnapshot(`
      "
      #0 alpha stop-container service/web/1: network default: internal: false → true
      #1 (0) alpha remove-network network/default: internal: false → true
      #2 (1) alpha create-network network/default: internal: false → true
      #3 (0) alpha rename-container service/web/1: network default: internal: false → true
      #4 (2,3) alpha create-container service/web/1: network default: internal: false → true
      #5 (4) alpha remove-container service/web/1: network default: internal: false → true
      #6 (5) alpha start-container service/web/1: network default: internal: false → true
      "
    `);
  });

  test('a changed network that others use is left as it is', () => {
    const internal = desired([service()], {
      networks: [network('default', { spec: { ...network().spec, internal: true } })],
    });
    const used = madeNetwork({ endpoints: [idOf('stranger')] });

    expect(notices({ desired: internal, engine: { networks: [used], containers: [container()] } })).toEqual([
      'network-changed: network app_default is left as it is (internal: false → true): containers outside this stack use it (737472616e67)',
    ]);
  });

  test('of several networks of one name the one with most endpoints stays, and empty ones go', () => {
    const twin = madeNetwork({ id: networkId('e'.repeat(64)), createdAt: '2025-01-01T00:00:00Z' });
    const kept = madeNetwork({ endpoints: [container().id] });

    expect(
      planText({ desired: stack, engine: { networks: [twin, kept], containers: [container()] } }),
    ).toMatchInlineSnapshot(`
      "
      #0 alpha remove-network network/default: second network of this name
      "
    `);
  });

  test('an external network must exist', () => {
    const external = desired([service()], { networks: [network('default', { name: 'shared', external: true })] });

    expect(refusals({ desired: external })).toEqual([
      'impossible external-network-missing: network shared is declared as external and does not exist on alpha',
    ]);
    expect(
      refusals({ desired: external, engine: { networks: [madeNetwork({ name: 'shared', key: undefined })] } }),
    ).toEqual([]);
  });

  test('a network that somebody else made is used, with a notice', () => {
    expect(notices({ desired: stack, engine: { networks: [madeNetwork({ key: undefined })] } })).toEqual([
      'foreign-network: network app_default exists and was not made by this stack; it is used as it is',
    ]);
  });

  test('a network that was made anew behind our back takes its containers along', () => {
    const elsewhere = container({
      state: 'exited',
      networks: [{ name: 'app_default', id: networkId('9'.repeat(64)), address: '' }],
    });
    const [first] = planned({ desired: stack, engine: { ...standing, containers: [elsewhere] } }).steps;

    expect(first?.operation.reasons).toEqual(['network default was made anew']);
  });
});

describe('volumes', () => {
  const stack = desired([service({ container: { volumes: [volumeMount('data')] } })]);
  const made = {
    name: 'app_data',
    key: 'data',
    driver: 'local',
    spec: { driver: undefined, driverOpts: [], labels: [] },
  } as const;

  test('whose settings changed are never touched', () => {
    const nfs = { ...made, spec: { ...made.spec, driverOpts: [['type', 'nfs']] } } as const;

    expect(refusals({ desired: stack, engine: { ...standing, volumes: [nfs] } })).toEqual([
      'data-safety volume-changed: volume app_data exists with other settings: driver_opts.type: "nfs" → unset',
    ]);
  });

  test('that are gone under a container are made empty, with a warning', () => {
    const mounted = container({
      spec: spec({ volumes: [volumeMount('data')] }),
      mounts: [{ type: 'volume', volume: 'app_data', source: '', target: '/data' }],
    });

    expect(notices({ desired: stack, engine: { ...standing, containers: [mounted] } })).toEqual([
      'volume-gone: volume app_data, which a container of this stack mounts, is gone: it is created empty',
    ]);
  });

  test('that are external must exist', () => {
    const external = { ...stack, volumes: stack.volumes.map((it) => ({ ...it, external: true })) };

    expect(refusals({ desired: external })).toEqual([
      'impossible external-volume-missing: volume app_data is declared as external and does not exist on alpha',
    ]);
  });
});
