import { findReferences, interpolate } from '../interpolate/interpolate.ts';
import { locatorIn } from '../interpolate/locate.ts';
import type { Mapping } from '../tree.ts';
import type { Loading, Scope } from './loading.ts';

/** A tree with its variables filled in, if they are to be; either way, those that it refers to are told. */
export function fill(tree: Mapping, { environment }: Scope, loading: Loading): Mapping {
  const { report, texts, onReference } = loading;
  const locate = locatorIn(texts);
  if (loading.isInterpolated) return interpolate(tree, { environment, report, locate, onReference });
  findReferences(tree, { locate, onReference });
  return tree;
}
