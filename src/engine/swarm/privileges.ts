import type { Body } from '../write/body.ts';

/** `ContainerSpec.Privileges`: the security options that services can have. */
export function privilegesBody(options: readonly string[]): Body | undefined {
  const fields = options.map(fieldOf);
  if (fields.length === 0) return undefined;
  return Object.assign({}, ...fields) as Body;
}

function fieldOf(option: string): Body {
  const [, word = '', value = ''] = /^([a-z-]+)(?:[:=](.*))?$/s.exec(option) ?? [];
  switch (word) {
    case 'no-new-privileges':
      return value === 'false' ? {} : { NoNewPrivileges: true };
    case 'seccomp':
      return { Seccomp: seccompBody(value) };
    case 'apparmor':
      return { AppArmor: { Mode: value === 'unconfined' ? 'disabled' : 'default' } };
    default:
      return { SELinuxContext: selinuxBody(value) };
  }
}

function seccompBody(value: string): Body {
  if (value === 'unconfined') return { Mode: 'unconfined' };
  if (value === 'builtin') return { Mode: 'default' };
  return { Mode: 'custom', Profile: Buffer.from(value).toString('base64') };
}

/** `disable`, or one of `user:…`, `role:…`, `type:…`, `level:…`. */
function selinuxBody(value: string): Body {
  if (value === 'disable') return { Disable: true };
  const [key = '', ...rest] = value.split(':');
  return { [key.slice(0, 1).toUpperCase() + key.slice(1)]: rest.join(':') };
}
