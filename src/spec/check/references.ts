import type { Span } from '../../model/diagnostic.ts';
import { nearest } from '../nearest.ts';
import { entriesOf, mappingsOf, type Node, pairsAt, textAt, wordAt } from '../read.ts';
import { error } from '../report.ts';
import { find } from '../tree.ts';
import type { ServiceCheck } from './service.ts';

/** What a file declares by name. */
const sections = {
  network: 'networks',
  volume: 'volumes',
  secret: 'secrets',
  config: 'configs',
  model: 'models',
} as const;

interface Reference {
  readonly kind: keyof typeof sections;
  readonly name: string;
  readonly span: Span;
}

/** Whatever a service names must be declared at the top of the file. */
export function checkReferences(check: ServiceCheck): void {
  for (const { kind, name, span } of referencesIn(check.service)) {
    if (find(check.tree, sections[kind], name) !== undefined) continue;
    const near = nearest(
      name,
      entriesOf(find(check.tree, sections[kind])).map(([key]) => key),
    );
    check.report(
      error(span, {
        code: `unknown-${kind}`,
        message: `service "${check.name}" uses the ${kind} "${name}", which is not declared`,
        hint:
          near === undefined
            ? `declare "${name}" under "${sections[kind]}:" at the top of the file`
            : `did you mean "${near}"?`,
      }),
    );
  }
}

/** Every network, volume, secret, config and model that a service names, with the place where it does. */
export function referencesIn(service: Node): readonly Reference[] {
  const keys = (kind: Reference['kind'], node: Node): readonly Reference[] =>
    entriesOf(node).map(([name, { key }]) => ({ kind, name, span: key }));
  const sources = (kind: Reference['kind'], node: Node): readonly Reference[] =>
    mappingsOf(node).flatMap((item) => {
      const source = find(item, 'source');
      const name = wordAt(source);
      return name === undefined || source === undefined ? [] : [{ kind, name, span: source.span }];
    });
  const volumes = mappingsOf(find(service, 'volumes')).filter((mount) => textAt(mount, 'type') === 'volume');
  return [
    ...keys('network', find(service, 'networks')),
    ...keys('model', find(service, 'models')),
    ...volumes.flatMap((mount) => sources('volume', { kind: 'sequence', items: [mount], span: mount.span })),
    ...sources('secret', find(service, 'secrets')),
    ...sources('secret', find(service, 'build', 'secrets')),
    ...sources('config', find(service, 'configs')),
  ];
}

/** Names of other services: in `depends_on`, which holds the implied ones too, in build contexts and namespaces. */
export function checkServiceNames(check: ServiceCheck, disabled: ReadonlyMap<string, readonly string[]>): void {
  const { service, tree } = check;
  const told = new Set<string>();
  const tell = (name: string, span: Span, isRequired: boolean): void => {
    const profiles = disabled.get(name);
    if (find(tree, 'services', name) !== undefined || told.has(name) || (profiles !== undefined && !isRequired)) return;
    told.add(name);
    if (profiles === undefined) unknownService(check, name, span);
    else disabledService(check, name, { span, profiles });
  };

  for (const [name, { key, value }] of entriesOf(find(service, 'depends_on'))) {
    tell(name, key, textAt(value, 'required') !== 'false');
  }
  for (const attribute of ['network_mode', 'ipc', 'pid']) {
    const node = find(service, attribute);
    const word = wordAt(node);
    if (node !== undefined && word?.startsWith('service:') === true)
      tell(word.slice('service:'.length), node.span, true);
  }
  const contexts = find(service, 'build', 'additional_contexts');
  for (const [, context] of pairsAt(service, ['build', 'additional_contexts'])) {
    if (context.startsWith('service:')) tell(context.slice('service:'.length), contexts?.span ?? check.key, false);
  }
}

function unknownService({ name: from, tree, report }: ServiceCheck, name: string, span: Span): void {
  const near = nearest(
    name,
    entriesOf(find(tree, 'services')).map(([declared]) => declared),
  );
  const hint = near === undefined ? undefined : `did you mean "${near}"?`;
  report(
    error(span, {
      code: 'unknown-service',
      message: `service "${from}" needs the service "${name}", which is not declared`,
      hint,
    }),
  );
}

function disabledService(
  { name: from, report }: ServiceCheck,
  name: string,
  { span, profiles }: { readonly span: Span; readonly profiles: readonly string[] },
): void {
  report(
    error(span, {
      code: 'disabled-service',
      message: `service "${from}" needs the service "${name}", which its profiles switch off`,
      hint: `enable it with --profile ${profiles.join(' or --profile ')}, or make the dependency "required: false"`,
    }),
  );
}
