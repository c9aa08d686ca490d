import type { NetworkSpec, VolumeSpec } from '../../model/desired.ts';
import { differences } from './difference.ts';
import { attributeOf } from './naming.ts';

/** Why a network must be made anew. */
export const compareNetworkSpecs = (before: NetworkSpec, after: NetworkSpec): readonly string[] =>
  compareRecords({ ...before }, { ...after });

/** How a volume's driver or options differ from what the stack file says. Labels do not make another volume. */
export const compareVolumeSpecs = (before: VolumeSpec, after: VolumeSpec): readonly string[] =>
  compareRecords(
    { ...before, driver: before.driver ?? 'local', labels: [] },
    { ...after, driver: after.driver ?? 'local', labels: [] },
  );

type Fields = Readonly<Record<string, unknown>>;

const compareRecords = (before: Fields, after: Fields): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .flatMap((field) => differences(attributeOf(field), field, before[field], after[field]));
