declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** What a person calls an engine: a context's name, an inventory's name, or `default`. */
export type EngineName = Brand<string, 'EngineName'>;
/** 64 hex digits that the engine gave. */
export type ContainerId = Brand<string, 'ContainerId'>;
/** 64 hex digits that the engine gave; names of networks are not unique below Engine API 1.44. */
export type NetworkId = Brand<string, 'NetworkId'>;
/** `sha256:` and 64 hex digits. */
export type ImageId = Brand<string, 'ImageId'>;

export const engineName = (text: string): EngineName => text as EngineName;
export const containerId = (text: string): ContainerId => text as ContainerId;
export const networkId = (text: string): NetworkId => text as NetworkId;
export const imageId = (text: string): ImageId => text as ImageId;

/**
 * Address of a resource inside one stack: `service/web/2`, `network/front`.
 *
 * Always `kind/name[/slot]`, so no user-chosen name ever stands alone as an
 * object key or a graph node (a service may be called `constructor`).
 */
export type Address = `${'service' | 'network' | 'volume' | 'image' | 'config' | 'secret'}/${string}`;

export const serviceAddress = (service: string): Address => `service/${service}`;
export const replicaAddress = (service: string, slot: number): Address => `service/${service}/${slot}`;
export const networkAddress = (network: string): Address => `network/${network}`;
export const volumeAddress = (volume: string): Address => `volume/${volume}`;
export const imageAddress = (image: string): Address => `image/${image}`;
