import { error, type Report } from '../report.ts';
import type { Scalar } from '../tree.ts';

const remote = /^(oci:\/\/|https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/;

/** Stack files are read from this machine alone; true, with a report, for one that is elsewhere. */
export function refuseRemote(path: Scalar, report: Report): boolean {
  if (typeof path.value !== 'string' || !remote.test(path.value)) return false;
  const hint = 'fetch the file first, then name its path';
  report(error(path.span, { code: 'remote-file', message: 'stack files cannot be read over the network', hint }));
  return true;
}
