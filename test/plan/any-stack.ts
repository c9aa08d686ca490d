import fc from 'fast-check';

import type { Hook, Mount } from '../../src/model/container.ts';
import type { Desired, DesiredService } from '../../src/model/desired.ts';
import {
  attachment,
  dependency,
  desired,
  healthcheck,
  network,
  port,
  service,
  updatePolicy,
  volumeMount,
} from '../support/builders.ts';

/** A command that runs beside the program. */
export const hook = (command: string): Hook => ({
  command: [command],
  user: undefined,
  privileged: false,
  workingDir: undefined,
  environment: [],
});

const anyPolicy = fc.record({
  order: fc.constantFrom(undefined, 'start-first' as const, 'stop-first' as const),
  parallelism: fc.constantFrom(undefined, 0, 2),
  delayMs: fc.constantFrom(undefined, 1000),
  monitorMs: fc.constantFrom(undefined, 1000),
  failureAction: fc.constantFrom(undefined, 'pause' as const, 'continue' as const),
});

/** Any service: of any version, with or without what decides how it is updated; it needs services before it. One replica where it has a fixed port. */
export function anyService(name: string, earlier: readonly string[]): fc.Arbitrary<DesiredService> {
  return fc
    .record({
      replicas: fc.integer({ min: 0, max: 3 }),
      version: fc.constantFrom('1', '2'),
      hasPort: fc.boolean(),
      data: fc.constantFrom<readonly Mount[]>([], [volumeMount('data')], [volumeMount(undefined)]),
      networks: fc.constantFrom(['default'], ['back', 'default'], ['back']),
      isChecked: fc.boolean(),
      isHooked: fc.boolean(),
      needs: fc.subarray([...earlier]),
      isHealthNeeded: fc.boolean(),
      policy: anyPolicy,
    })
    .map((it) =>
      service({
        name,
        replicas: it.hasPort ? 1 : it.replicas,
        // With a port, start-first wants a load balancer, which is another matter.
        update: updatePolicy(it.hasPort ? { ...it.policy, order: undefined } : it.policy),
        dependsOn: it.needs.map((on) => dependency(on, { condition: it.isHealthNeeded ? 'healthy' : 'started' })),
        container: {
          environment: [['VERSION', it.version]],
          ports: it.hasPort ? [port(portOf(name))] : [],
          volumes: it.data,
          network: { kind: 'networks', attachments: it.networks.map((key) => attachment(key)) },
          healthcheck: it.isChecked ? healthcheck() : undefined,
          ...(it.isHooked && { postStart: [hook('warm')], preStop: [hook('drain')] }),
        },
      }),
    );
}

/** Another one for each name. */
const portOf = (name: string): number => 8000 + [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);

/** A stack of these services, which declares all that these and the others need. */
export function desiredOf(services: readonly DesiredService[], others: readonly DesiredService[] = []): Desired {
  const { volumes } = desired([...services, ...others]);
  return desired(services, { volumes, networks: [network('back'), network()] });
}
