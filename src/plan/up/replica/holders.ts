import { replicaAddress } from '../../../model/id.ts';
import type { StepId } from '../../../model/plan.ts';
import type { ReplicaSite, ServiceSite } from '../site.ts';

/**
 * The step that frees a wanted container name, none if it is free or held by the slot itself.
 *
 * Refuses if it is held by a container that this request may not remove.
 */
export function findNameHolder(
  site: ServiceSite,
  { engine, slot, canonical }: Pick<ReplicaSite, 'engine' | 'slot' | 'canonical'>,
): readonly StepId[] {
  const { up, service, orphans } = site;
  const address = replicaAddress(service.name, slot);
  if (engine.foreignContainerNames.includes(canonical)) {
    up.builder.refuse({
      kind: 'impossible',
      code: 'name-taken',
      address,
      message: `the name ${canonical} is used by a container on engine ${engine.name} that is not part of this stack`,
      hint: `rename it with \`docker rename ${canonical} <name>\`, or use another project name`,
    });
    return [];
  }
  const holder = engine.containers.find(
    (it) => it.name === canonical && (it.service !== service.name || it.slot !== slot || it.isOneOff),
  );
  if (holder === undefined) return [];
  const removal = orphans.get(holder.id);
  if (removal !== undefined) return [removal];
  const isOrphan = !up.desired.services.some(({ name }) => name === holder.service);
  up.builder.refuse({
    kind: 'impossible',
    code: 'name-taken',
    address,
    message: `the name ${canonical} is used by a container of service ${holder.service}`,
    hint: isOrphan ? 'remove it with --remove-orphans' : `remove it with \`docker rm ${canonical}\``,
  });
  return [];
}
