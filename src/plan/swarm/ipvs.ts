import type { DesiredService } from '../../model/desired.ts';
import type { SwarmSite } from './site.ts';

/** Tasks run and nobody reaches them: better said before than searched for after. */
export function noticeIpvs({ builder, swarm }: SwarmSite, services: readonly DesiredService[]): void {
  if (swarm.hasIpvs !== false) return;
  const names = services.filter(needsIpvs).map(({ name }) => name);
  if (names.length === 0) return;
  builder.notice({
    code: 'no-ipvs',
    address: undefined,
    message: `the kernel of the manager has no IPVS: no virtual address or ingress port will answer of ${names.join(', ')}`,
    hint: 'load the module ip_vs on every node, or use `endpoint_mode: dnsrr` and ports with `mode: host`',
  });
}

const needsIpvs = ({ container, swarm }: DesiredService): boolean =>
  swarm?.endpointMode === 'vip' &&
  container.network.kind === 'networks' &&
  (container.network.attachments.length > 0 || container.ports.some(({ mode }) => mode === 'ingress'));
