import type { Span } from '../../model/diagnostic.ts';
import type { TargetKind } from '../../model/target.ts';
import { entriesOf, mappingsOf, type Node, wordAt } from '../read.ts';
import { type Report, warning } from '../report.ts';
import { find, type Mapping } from '../tree.ts';

interface Ignored {
  readonly path: readonly string[];
  /** Ends the sentence "web.deploy.labels has no effect: …". */
  readonly reason: string;
  /** A swarm acts on it. Default: nobody does. */
  readonly isForSwarm?: boolean;
}

const swarm = 'only Swarm acts on it';
const builder = 'the builder here does not know it';

/** Attributes of a service that are accepted, printed, and then not acted on. */
const ofServices: readonly Ignored[] = [
  { path: ['credential_spec'], reason: 'only engines on Windows know it' },
  { path: ['develop'], reason: 'nothing watches files here' },
  { path: ['models'], reason: 'no model runner is asked for models here' },
  { path: ['provider'], reason: 'no provider is called, and the service has no container' },
  { path: ['pull_refresh_after'], reason: 'images have no age here' },
  { path: ['deploy', 'endpoint_mode'], reason: swarm, isForSwarm: true },
  {
    path: ['deploy', 'labels'],
    reason: 'there is no service beside its containers to label; use "labels"',
    isForSwarm: true,
  },
  {
    path: ['deploy', 'restart_policy', 'delay'],
    reason: 'engines choose the pause before a restart themselves',
    isForSwarm: true,
  },
  { path: ['deploy', 'restart_policy', 'window'], reason: swarm, isForSwarm: true },
  { path: ['deploy', 'resources', 'reservations', 'generic_resources'], reason: swarm, isForSwarm: true },
  { path: ['build', 'entitlements'], reason: builder },
  { path: ['build', 'isolation'], reason: 'only engines on Windows know it' },
  { path: ['build', 'no_cache_filter'], reason: builder },
  { path: ['build', 'provenance'], reason: builder },
  { path: ['build', 'sbom'], reason: builder },
];

const ofPorts: readonly Ignored[] = [{ path: ['name'], reason: 'engines keep no such word of a port' }];
const unknownProtocol: Ignored = { path: ['app_protocol'], reason: 'load balancers make something of "http" alone' };

const ofResources: readonly (readonly [section: string, attribute: string])[] = [
  ['secrets', 'driver'],
  ['secrets', 'driver_opts'],
  ['secrets', 'labels'],
  ['secrets', 'template_driver'],
  ['configs', 'labels'],
  ['configs', 'template_driver'],
];

/** Names everything that the file says and nobody here acts on. */
export function reportIgnored(tree: Mapping, target: TargetKind, report: Report): void {
  const isIgnored = ({ isForSwarm }: Ignored): boolean => target === 'engines' || isForSwarm !== true;
  for (const [name, { value: service }] of entriesOf(find(tree, 'services'))) {
    for (const each of ofServices.filter(isIgnored)) tell(`services.${name}`, service, each, report);
    if (target === 'engines') reportMode(name, service, report);
    reportWords(name, service, report);
    for (const port of mappingsOf(find(service, 'ports'))) {
      const ignored = wordAt(port, 'app_protocol') === 'http' ? ofPorts : [...ofPorts, unknownProtocol];
      for (const { path, reason } of ignored) tell(`services.${name}.ports`, port, { path, reason }, report);
    }
  }
  for (const [section, attribute] of ofResources) {
    if (target === 'swarm' && attribute !== 'driver' && attribute !== 'driver_opts') continue;
    for (const [name, { value }] of entriesOf(find(tree, section))) {
      tell(`${section}.${name}`, value, { path: [attribute], reason: swarm }, report);
    }
  }
}

function tell(subject: string, node: Node, { path, reason }: Ignored, report: Report): void {
  const parent = find(node, ...path.slice(0, -1));
  const entry = parent?.kind === 'mapping' ? parent.entries.get(path.at(-1) ?? '') : undefined;
  if (entry !== undefined) say(entry.key, `${subject}.${path.join('.')} has no effect: ${reason}`, report);
}

function say(span: Span, message: string, report: Report): void {
  report(warning(span, { code: 'ignored-attribute', message }));
}

function reportMode(name: string, service: Node, report: Report): void {
  const mode = find(service, 'deploy', 'mode');
  if (mode !== undefined && wordAt(mode)?.endsWith('-job') === true) {
    say(
      mode.span,
      `services.${name}.deploy.mode counts as "${wordAt(mode)?.replace('-job', '') ?? ''}": ${swarm}`,
      report,
    );
  }
}

/** Attributes of which single words are not acted on. */
function reportWords(name: string, service: Node, report: Report): void {
  const policy = find(service, 'pull_policy');
  if (policy !== undefined && /^(refresh|daily|weekly|every_)/.test(wordAt(policy) ?? '')) {
    say(policy.span, `services.${name}.pull_policy counts as "missing": images have no age here`, report);
  }
  for (const mount of mappingsOf(find(service, 'volumes'))) {
    const type = wordAt(mount, 'type');
    if (type !== 'npipe' && type !== 'cluster') continue;
    say(
      mount.span,
      `services.${name}.volumes: a mount of type "${type}" is left out, for engines on Linux have none`,
      report,
    );
  }
}
