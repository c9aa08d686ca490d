import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ServiceCheck, servicesOf } from '../check/service.ts';
import { entriesOf, flagAt, itemsOf, mappingsOf, type Node, textAt, wordAt } from '../read.ts';
import { error, type Report } from '../report.ts';
import { find, type Mapping, type Tree } from '../tree.ts';
import { attributes, ofAttachments, ofBinds, type Refused } from './refused.ts';

/**
 * What a consistent file asks for and no swarm does, each with the reason, all of them at once. Better refused than
 * left out: a service without what its file says is another service.
 */
export function refuseForSwarm(tree: Mapping): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): number => diagnostics.push(diagnostic);
  for (const check of servicesOf(tree, report)) {
    for (const refused of attributes) refuse(check, `services.${check.name}`, check.service, refused);
    refuseNetworkMode(check);
    refuseOptions(check);
    refuseMounts(check);
    refusePorts(check);
    for (const [network, { value }] of entriesOf(find(check.service, 'networks'))) {
      for (const refused of ofAttachments) refuse(check, `services.${check.name}.networks.${network}`, value, refused);
    }
    refuseBuild(check);
  }
  refuseNetworks(tree, report);
  return diagnostics;
}

function refuse({ report }: Pick<ServiceCheck, 'report'>, subject: string, node: Node, refused: Refused): void {
  const { path, reason, hint, unless } = refused;
  const parent = find(node, ...path.slice(0, -1));
  const entry = parent?.kind === 'mapping' ? parent.entries.get(path.at(-1) ?? '') : undefined;
  if (entry === undefined || isEmpty(entry.value) || unless?.(wordAt(entry.value)) === true) return;
  report(error(entry.key, { code: 'not-on-swarm', message: `${subject}.${path.join('.')}: ${reason}`, hint }));
}

/** What is off, empty or null asks for nothing. */
function isEmpty(node: Tree): boolean {
  if (node.kind === 'mapping') return node.entries.size === 0;
  if (node.kind === 'sequence') return node.items.length === 0;
  return node.value === null || node.value === false || node.value === '';
}

function refuseNetworkMode({ name, service, report }: ServiceCheck): void {
  const node = find(service, 'network_mode');
  const mode = wordAt(node);
  if (node === undefined || mode === undefined || mode === 'host') return;
  const reason = /^(service|container):/.test(mode)
    ? 'tasks of two services cannot share a network namespace, for they may run on two nodes'
    : 'a task joins networks of the swarm, or the network "host" of its node';
  report(
    error(node.span, {
      code: 'not-on-swarm',
      message: `services.${name}.network_mode: ${reason}`,
      hint: 'let the services find each other by name on a network',
    }),
  );
}

/** Of the security options the API of services has some. */
function refuseOptions({ name, service, report }: ServiceCheck): void {
  for (const node of itemsOf(find(service, 'security_opt'))) {
    const option = textAt(node) ?? '';
    if (
      /^(no-new-privileges([:=](true|false))?|seccomp[:=].*|apparmor[:=](unconfined|docker-default)|label[:=].+)$/.test(
        option,
      )
    )
      continue;
    const message = `services.${name}.security_opt: tasks cannot have "${option.slice(0, 60)}"`;
    const hint = 'a swarm knows no-new-privileges, seccomp, label and apparmor=unconfined';
    report(error(node.span, { code: 'not-on-swarm', message, hint }));
  }
}

function refuseMounts(check: ServiceCheck): void {
  for (const mount of mappingsOf(find(check.service, 'volumes'))) {
    const subject = `services.${check.name}.volumes`;
    const type = wordAt(mount, 'type');
    if (type === 'image') {
      const message = `${subject}: a swarm mounts no images`;
      check.report(error(mount.span, { code: 'not-on-swarm', message, hint: undefined }));
    }
    if (type === 'bind') for (const refused of ofBinds) refuse(check, subject, mount, refused);
  }
  for (const line of linesOf(find(check.service, 'tmpfs'))) {
    const unknown = (textAt(line)?.split(':')[1] ?? '')
      .split(',')
      .find((word) => !/^(size=\d+[bkmg]?|mode=[0-7]+|rw|ro|)$/i.test(word));
    if (unknown === undefined) continue;
    const message = `services.${check.name}.tmpfs: tasks cannot have the option "${unknown}"`;
    check.report(error(line.span, { code: 'not-on-swarm', message, hint: 'a swarm knows size, mode and ro' }));
  }
}

const linesOf = (node: Node): readonly Tree[] => (node?.kind === 'scalar' ? [node] : itemsOf(node));

function refusePorts({ name, service, report }: ServiceCheck): void {
  const isRoundRobin = wordAt(service, 'deploy', 'endpoint_mode') === 'dnsrr';
  for (const port of mappingsOf(find(service, 'ports'))) {
    const say = (node: Tree | undefined, message: string, hint: string): void =>
      report(error((node ?? port).span, { code: 'not-on-swarm', message: `services.${name}.ports: ${message}`, hint }));
    const address = find(port, 'host_ip');
    if (wordAt(address) !== undefined)
      say(
        address,
        `a swarm publishes on every address of a node, not on ${wordAt(address) ?? ''} alone`,
        'leave the address out, or publish nothing and reach the service by name',
      );
    const published = find(port, 'published');
    if (wordAt(published)?.includes('-') === true)
      say(published, 'a swarm chooses no port out of a range', 'publish one port');
    if (isRoundRobin && wordAt(port, 'mode') !== 'host')
      say(
        find(port, 'mode'),
        'endpoint_mode "dnsrr" has no virtual address that ingress ports could lead to',
        'publish it with "mode: host"',
      );
  }
}

/** The file says how to make an image and not where nodes get it. */
function refuseBuild({ name, service, report }: ServiceCheck): void {
  const build = find(service, 'build');
  if (build === undefined || wordAt(service, 'image') !== undefined) return;
  const message = `services.${name}.build: nodes cannot get an image that has no name on a registry`;
  const hint = 'add "image: REGISTRY/NAME:TAG", then build and push it before `up`';
  report(error(build.span, { code: 'not-on-swarm', message, hint }));
}

/** Only networks of the swarm reach from node to node. */
function refuseNetworks(tree: Mapping, report: Report): void {
  for (const [key, { value }] of entriesOf(find(tree, 'networks'))) {
    const driver = find(value, 'driver');
    const word = wordAt(driver);
    if (driver === undefined || word === undefined || word === 'overlay' || flagAt(value, 'external') === true)
      continue;
    if (word !== 'bridge' && word !== 'host' && word !== 'none') continue;
    const message = `networks.${key}.driver: a network of the driver "${word}" ends at its node`;
    report(error(driver.span, { code: 'not-on-swarm', message, hint: 'leave the driver out, or use "overlay"' }));
  }
}
