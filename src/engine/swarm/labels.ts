import { createHash } from 'node:crypto';

import { canonicalJson } from '../../model/canonical.ts';
import type { Pairs } from '../../model/container.ts';
import type { SwarmServiceSpec } from '../../model/swarm.ts';
import type { DesiredSwarmFile } from '../../model/target.ts';
import { label as plainLabel, recordedSpec } from '../labels.ts';

/** The labels by which docker's client knows a stack of services; ours stand beside them. */
export const label = {
  namespace: 'com.docker.stack.namespace',
  image: 'com.docker.stack.image',
  /** Of a task's container: tells tasks of one version of a service from those of others. */
  version: 'stack.version',
  /** Of a config or secret: its key in the stack file. */
  file: 'stack.file',
} as const;

type Labels = Readonly<Record<string, string>>;

/** Labels of a service: the user's, docker's, and what we record. */
export function serviceLabels(stack: string, spec: SwarmServiceSpec): Labels {
  const text = canonicalJson(spec);
  return Object.fromEntries([
    ...spec.labels,
    [label.namespace, stack],
    [label.image, spec.container.image],
    [plainLabel.spec, text],
    [plainLabel.schema, '1'],
    [plainLabel.hash, sha256(text)],
  ]);
}

/** What our labels record of a service; `undefined` where there is nothing of ours. */
export const recordedService = (labels: Pairs): SwarmServiceSpec | undefined =>
  recordedSpec(labels) as SwarmServiceSpec | undefined;

/** Labels of a config or secret. Nothing of its content. */
export const fileLabels = (stack: string, { labels, key }: DesiredSwarmFile): Labels =>
  Object.fromEntries([...labels, [label.namespace, stack], [label.file, key]]);

/** Lists only what carries the stack's label. */
export const ofStack = (stack: string): { readonly label: readonly string[] } => ({
  label: [`${label.namespace}=${stack}`],
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
