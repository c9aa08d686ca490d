import type { Healthcheck } from '../../model/container.ts';
import type { ContainerCreation } from '../../model/plan.ts';
import { containerLabels } from '../labels.ts';
import type { Body } from './body.ts';
import { hostConfig } from './host-config.ts';
import type { Making } from './making.ts';
import { containerMacAddress, networkingConfig } from './networking.ts';

/** Body of `POST /containers/create`, field by field as Docker Compose fills it. */
export function containerBody(making: Making): Body {
  const { spec } = making.creation;
  return {
    Hostname: spec.hostname,
    Domainname: spec.domainname,
    User: spec.user,
    AttachStdout: true,
    AttachStderr: true,
    ExposedPorts: exposedPorts(making.creation),
    Tty: spec.tty,
    OpenStdin: spec.stdinOpen,
    Env: environmentOf(making),
    Cmd: spec.command,
    Healthcheck: healthcheckBody(spec.healthcheck),
    Image: making.creation.isPinned === true ? making.creation.imageId : spec.image,
    WorkingDir: spec.workingDir,
    Entrypoint: spec.entrypoint,
    Labels: containerLabels(making.creation),
    StopSignal: spec.stopSignal,
    // Whole seconds, rounded down as Compose does.
    StopTimeout: spec.stopGracePeriodMs === undefined ? undefined : Math.floor(spec.stopGracePeriodMs / 1000),
    NetworkDisabled: spec.network.kind === 'engine' && spec.network.mode === 'disabled' ? true : undefined,
    MacAddress: containerMacAddress(making),
    HostConfig: hostConfig(making),
    NetworkingConfig: networkingConfig(making),
  };
}

/** A name without value takes the variable of the image away. What the service says counts before the proxies. */
function environmentOf({ creation: { spec }, proxies = [] }: Making): readonly string[] {
  const unset = spec.unsetEnvironment ?? [];
  const named = new Set([...spec.environment.map(([name]) => name), ...unset]);
  const all = [...spec.environment, ...proxies.filter(([name]) => !named.has(name))];
  return [...all.map(([name, value]) => `${name}=${value}`), ...unset];
}

function exposedPorts({ spec }: ContainerCreation): Body {
  const published = spec.ports.map(({ target, protocol }) => `${target}/${protocol}`);
  return Object.fromEntries([...published, ...spec.expose].map((port) => [port, {}]));
}

function healthcheckBody(healthcheck: Healthcheck | undefined): Body | undefined {
  if (healthcheck === undefined) return undefined;
  if (healthcheck.kind === 'disabled') return { Test: ['NONE'] };
  return {
    Test: healthcheck.test,
    Interval: nanos(healthcheck.intervalMs),
    Timeout: nanos(healthcheck.timeoutMs),
    Retries: healthcheck.retries,
    StartPeriod: nanos(healthcheck.startPeriodMs),
    StartInterval: nanos(healthcheck.startIntervalMs),
  };
}

const nanos = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.round(ms * 1e6));
