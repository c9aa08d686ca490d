import type { Diagnostic } from '../../model/diagnostic.ts';
import type { TargetKind } from '../../model/target.ts';
import { entriesOf, flagAt, mappingsOf, textAt, wordAt } from '../read.ts';
import { type Report, warning } from '../report.ts';
import { find, type Mapping } from '../tree.ts';
import { reportElevated } from './elevated.ts';
import { reportIgnored } from './ignored.ts';
import { referencesIn } from './references.ts';
import { type ServiceCheck, servicesOf } from './service.ts';

/**
 * What is allowed and yet worth knowing: secrets in plain sight, rights close to root, and every attribute that
 * nothing here acts on. Warnings only; no opinions about style. `disabled` holds the services that profiles switch
 * off: what they use is used.
 */
export function adviseOn(tree: Mapping, disabled?: Mapping, target: TargetKind = 'engines'): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): number => diagnostics.push(diagnostic);
  const services = servicesOf(tree, report);
  for (const service of services) {
    reportSecrets(service);
    reportElevated(service);
    if (target === 'engines') reportReadOnly(service);
  }
  reportIgnored(tree, target, report);
  reportUnused(tree, disabled, report);
  return diagnostics;
}

const secretName = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)$/i;

/** Whoever may inspect the container reads its environment. */
function reportSecrets({ name, service, report }: ServiceCheck): void {
  for (const [variable, { value }] of entriesOf(find(service, 'environment'))) {
    const text = textAt(value) ?? '';
    if (!secretName.test(variable) || text === '' || /^(true|false|yes|no|\d|\/.*)$/i.test(text)) continue;
    const message = `service "${name}" has ${variable} in its environment, where "docker inspect" shows it`;
    report(
      warning(value.span, {
        code: 'secret-in-environment',
        message,
        hint: 'give it as a secret, and its path in a variable such as ' + `${variable}_FILE`,
      }),
    );
  }
}

/** Such files are written into a container that was made, which a read-only one does not allow. */
function reportReadOnly({ name, service, tree, report }: ServiceCheck): void {
  if (flagAt(service, 'read_only') !== true) return;
  for (const [attribute, kind] of [
    ['secrets', 'secret'],
    ['configs', 'config'],
  ] as const) {
    for (const item of mappingsOf(find(service, attribute))) {
      const source = textAt(item, 'source') ?? '';
      const isOwned = ['uid', 'gid', 'mode'].some((key) => wordAt(item, key) !== undefined);
      if (!isOwned && wordAt(tree, attribute, source, 'file') !== undefined) continue;
      const message = `service "${name}" is read_only, so the ${kind} "${source}" cannot be written into it`;
      report(
        warning(item.span, {
          code: 'read-only-container',
          message,
          hint: 'take it from a file, without uid, gid and mode',
        }),
      );
    }
  }
}

/** Declared networks, volumes, secrets, configs and models that no service names. */
function reportUnused(tree: Mapping, disabled: Mapping | undefined, report: Report): void {
  const services = [...entriesOf(find(tree, 'services')), ...entriesOf(disabled)];
  const references = services.flatMap(([, { value }]) => referencesIn(value));
  const used = new Set(references.map(({ kind, name }) => `${kind}s/${name}`));
  for (const section of ['networks', 'volumes', 'secrets', 'configs', 'models']) {
    for (const [name, { key }] of entriesOf(find(tree, section))) {
      if (used.has(`${section}/${name}`) || (section === 'networks' && name === 'default')) continue;
      report(warning(key, { code: 'unused', message: `${section}.${name} is declared, but no service uses it` }));
    }
  }
}
