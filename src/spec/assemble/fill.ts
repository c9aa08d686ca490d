import { interpolate } from '../interpolate/interpolate.ts';
import { locatorIn } from '../interpolate/locate.ts';
import type { Mapping } from '../tree.ts';
import type { Loading, Scope } from './loading.ts';

/** A tree with its variables filled in, if they are to be. */
export function fill(tree: Mapping, { environment }: Scope, loading: Loading): Mapping {
  if (!loading.isInterpolated) return tree;
  const { report, texts, onReference } = loading;
  return interpolate(tree, { environment, report, locate: locatorIn(texts), onReference });
}
