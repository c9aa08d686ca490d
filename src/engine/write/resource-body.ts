import type { DesiredNetwork, DesiredVolume, Project } from '../../model/desired.ts';
import { networkLabels, volumeLabels } from '../labels.ts';
import { type Body, byName, byNameIfAny } from './body.ts';

/** Body of `POST /networks/create`. */
export function networkBody(project: Project, network: DesiredNetwork): Body {
  const { spec } = network;
  return {
    Name: network.name,
    // Ignored since API 1.44, which always refuses a second network of one name.
    CheckDuplicate: true,
    Driver: spec.driver,
    Options: byNameIfAny(spec.driverOpts),
    Internal: spec.internal,
    Attachable: spec.attachable,
    EnableIPv4: spec.enableIpv4,
    EnableIPv6: spec.enableIpv6,
    IPAM: ipamBody(spec.ipam),
    Labels: networkLabels(project, network),
  };
}

/** Body of `POST /volumes/create`. */
export function volumeBody(project: Project, volume: DesiredVolume): Body {
  return {
    Name: volume.name,
    Driver: volume.spec.driver,
    DriverOpts: byNameIfAny(volume.spec.driverOpts),
    Labels: volumeLabels(project, volume),
  };
}

function ipamBody({ driver, options, config }: DesiredNetwork['spec']['ipam']): Body | undefined {
  if (driver === undefined && options.length === 0 && config.length === 0) return undefined;
  return {
    Driver: driver,
    Options: byNameIfAny(options),
    Config: config.map(({ subnet, ipRange, gateway, auxAddresses }) => ({
      Subnet: subnet,
      IPRange: ipRange,
      Gateway: gateway,
      AuxiliaryAddresses: auxAddresses.length === 0 ? undefined : byName(auxAddresses),
    })),
  };
}
