import type { Diagnostic } from '../../model/diagnostic.ts';
import { error, type Report, warning } from '../report.ts';
import { find, findText, record, scalar, type Tree } from '../tree.ts';
import { parseMount, type ShortMount } from '../values/mount.ts';
import { cleanPath } from '../values/path.ts';
import { textOf } from '../values/text.ts';

/** `source:target:options` as a mapping. */
export function longMount(tree: Tree, report: Report): Tree {
  if (findText(tree, 'type') === 'bind' && find(tree, 'source') === undefined) {
    const hint = 'add "source:", the path to mount';
    report(error(tree.span, { code: 'bad-mount', message: 'the bind mount has no source', hint }));
  }
  if (tree.kind !== 'scalar' || tree.value === null) return tree;
  const mount = parseMount(textOf(tree));
  if (/^\p{L}:\/[^:\\]*$/u.test(textOf(tree))) report(adviseOnDrive(tree, textOf(tree)));
  if (mount.ok) {
    for (const option of mount.value.unknown) {
      const message = `"${option}" is no option of a mount, and counts for nothing`;
      report(
        warning(tree.span, {
          code: 'ignored-option',
          message,
          hint: 'there are ro, rw, z, Z, nocopy and the ways of propagation',
        }),
      );
    }
    return describeMount(mount.value, tree);
  }
  const hint = 'expected [source:]target[:options], such as "./data:/data:ro"';
  report(error(tree.span, { code: 'bad-mount', message: `"${textOf(tree)}" is not a mount: ${mount.error}`, hint }));
  return tree;
}

function adviseOnDrive({ span }: Tree, text: string): Diagnostic {
  const message = `one letter before a colon is a drive of Windows: "${text}" is the path of an unnamed volume`;
  return warning(span, { code: 'drive-letter', message, hint: 'give the volume a name of two letters or more' });
}

function describeMount(mount: ShortMount, { span }: Tree): Tree {
  const value = (field: string | boolean | undefined): Tree | undefined =>
    field === undefined || field === false ? undefined : scalar(field, span);
  const isBind = mount.type === 'bind';
  const hasBind = isBind || mount.propagation !== undefined || mount.selinux !== undefined;
  // Of one or two characters Compose reads a target and nothing else.
  const isTiny = mount.source === undefined && mount.target.length <= 2;
  const bind = {
    selinux: value(mount.selinux),
    propagation: value(mount.propagation),
    create_host_path: value(isBind),
  };
  return record(
    {
      type: value(mount.type),
      source: value(mount.source),
      target: value(cleanPath(mount.target)),
      read_only: value(mount.readOnly),
      bind: hasBind ? record(bind, span) : undefined,
      volume: (isBind && !mount.noCopy) || isTiny ? undefined : record({ nocopy: value(mount.noCopy) }, span),
    },
    span,
  );
}

/** `source:target:permissions` of a device as a mapping. */
export function longDevice(tree: Tree, report: Report): Tree {
  if (tree.kind !== 'scalar' || tree.value === null) return tree;
  const [source = '', target, permissions, ...more] = textOf(tree).split(':');
  if (more.length > 0) {
    const message = `"${textOf(tree)}" is not a device: it has more than two colons`;
    report(error(tree.span, { code: 'bad-value', message, hint: 'use the long form: source, target, permissions' }));
    return tree;
  }
  const text = (value: string): Tree => scalar(value, tree.span);
  return record(
    {
      source: text(source),
      target: text(target === undefined || target === '' ? source : target),
      permissions: text(permissions ?? 'rwm'),
    },
    tree.span,
  );
}

/** The name of a config or secret as a mapping. */
export function longFile(tree: Tree): Tree {
  return tree.kind === 'scalar' && tree.value !== null ? record({ source: tree }, tree.span) : tree;
}
