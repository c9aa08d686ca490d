import { stringify } from 'yaml';
import type { Json } from './output/json.ts';

/** A model as YAML, as `stack config` prints it: sorted as given, no anchors, no line broken that was not. */
export function modelToYaml(model: Json): string {
  return stringify(model, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' });
}
