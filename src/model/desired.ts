import type { Balancer } from './balancing.ts';
import type { ContainerSpec, Pairs, PublishedPort } from './container.ts';
import type { DesiredSwarmFile, SwarmSettings } from './target.ts';

/**
 * What the stack file asks for, after every default is applied and profiles are chosen.
 *
 * No field that `spec/` fills in is optional: absence was decided there, so no later stage needs a `??`.
 */
export interface Desired {
  readonly project: Project;
  /** Enabled services, sorted by name. */
  readonly services: readonly DesiredService[];
  /** Declared but switched off by profiles: not orphans. */
  readonly disabledServices: readonly string[];
  readonly networks: readonly DesiredNetwork[];
  readonly volumes: readonly DesiredVolume[];
  /** Contents of configs and secrets by {@link FileMount.digest}. Never printed, logged or put in a label. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** The image of load balancers; `undefined`: the planner's own choice. */
  readonly balancerImage: string | undefined;
  /** Configs and secrets that services name, for a swarm to keep; `undefined`: the target are plain engines. */
  readonly swarmFiles: readonly DesiredSwarmFile[] | undefined;
}

/** What the labels say of where a stack comes from. */
export interface Project {
  /** The stack's name on engines: `^[a-z0-9][a-z0-9_-]*$`. */
  readonly name: string;
  /** Absolute. */
  readonly workingDir: string;
  /** Absolute, in order of merging; `-` for standard input. */
  readonly configFiles: readonly string[];
  readonly environmentFiles: readonly string[];
}

export interface DesiredService {
  readonly name: string;
  readonly replicas: number;
  readonly container: ContainerSpec;
  /** `container_name`; `undefined` is `<project>-<service>-<slot>`. */
  readonly containerName: string | undefined;
  readonly build: BuildSpec | undefined;
  readonly pullPolicy: PullPolicy;
  readonly dependsOn: readonly Dependency[];
  /** False hides the service's output from an attached `up`. */
  readonly attach: boolean;
  readonly placement: Placement;
  /** `deploy.update_config`; `undefined` fields take the planner's own defaults. */
  readonly update: UpdatePolicy;
  /** `deploy.rollback_config`. */
  readonly rollback: UpdatePolicy;
  /** What it says to a swarm alone; `undefined`: the target are plain engines. */
  readonly swarm: SwarmSettings | undefined;
  /** Set by the planner alone: it is no service of the stack file but stands in front of one. */
  readonly balancer?: Balancer;
  /** Set by the planner alone: the ports that the balancer in front of it publishes. */
  readonly balancedPorts?: readonly PublishedPort[];
}

export type PullPolicy = 'always' | 'missing' | 'never' | 'build';

export interface Dependency {
  readonly service: string;
  readonly condition: 'started' | 'healthy' | 'completed';
  /** Restart this service after the dependency was restarted or recreated. */
  readonly restart: boolean;
  /** False lets this service start although the dependency is missing or failed. */
  readonly required: boolean;
}

export interface Placement {
  readonly mode: 'replicated' | 'global';
  readonly constraints: readonly { readonly key: string; readonly operator: '==' | '!='; readonly value: string }[];
  /** `spread` keys such as `node.labels.zone`. */
  readonly preferences: readonly string[];
  readonly maxReplicasPerNode: number | undefined;
  /** `deploy.resources.reservations`: what an engine must have free; `undefined`: nothing. */
  readonly reserved: { readonly cpuNanos: number; readonly memoryBytes: number } | undefined;
}

export interface UpdatePolicy {
  readonly order: 'start-first' | 'stop-first' | undefined;
  readonly parallelism: number | undefined;
  readonly delayMs: number | undefined;
  readonly monitorMs: number | undefined;
  readonly maxFailureRatio: number | undefined;
  readonly failureAction: 'rollback' | 'pause' | 'continue' | undefined;
}

export interface DesiredNetwork {
  /** The key in the stack file. */
  readonly key: string;
  /** The name on engines. */
  readonly name: string;
  /** Must exist already; never created, changed or removed. */
  readonly external: boolean;
  readonly spec: NetworkSpec;
}

/** What defines a network: compared field by field and recorded in its label. */
export interface NetworkSpec {
  readonly driver: string | undefined;
  readonly driverOpts: Pairs;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly enableIpv4: boolean | undefined;
  readonly enableIpv6: boolean | undefined;
  readonly ipam: {
    readonly driver: string | undefined;
    readonly options: Pairs;
    readonly config: readonly {
      readonly subnet: string | undefined;
      readonly ipRange: string | undefined;
      readonly gateway: string | undefined;
      readonly auxAddresses: Pairs;
    }[];
  };
  readonly labels: Pairs;
}

export interface DesiredVolume {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly spec: VolumeSpec;
}

export interface VolumeSpec {
  readonly driver: string | undefined;
  readonly driverOpts: Pairs;
  readonly labels: Pairs;
}

/** `build:` with every path absolute. Not part of what defines a container: the image's id is. */
export interface BuildSpec {
  /** Absolute folder, or a URL that the builder fetches. */
  readonly context: string;
  readonly dockerfile: string;
  readonly dockerfileInline: string | undefined;
  /** A value of `undefined` takes the variable of the environment, if it is set. */
  readonly args: readonly (readonly [name: string, value: string | undefined])[];
  readonly target: string | undefined;
  readonly labels: Pairs;
  readonly tags: readonly string[];
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly network: string | undefined;
  readonly shmSizeBytes: number | undefined;
  readonly extraHosts: readonly string[];
  readonly platforms: readonly string[];
  readonly privileged: boolean;
  readonly additionalContexts: Pairs;
  readonly secrets: readonly { readonly id: string; readonly digest: string }[];
  readonly ssh: Pairs;
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
}
