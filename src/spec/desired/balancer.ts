import { entriesOf, wordAt } from '../read.ts';
import { error, type Report } from '../report.ts';
import type { Sources } from '../sources.ts';
import { find, type Mapping } from '../tree.ts';
import { imageFault } from '../values/image.ts';

/** The image of load balancers: what the environment says, else `x-stack.balancer.image` of the file. */
export function readBalancerImage(tree: Mapping, { environment }: Sources, report: Report): string | undefined {
  const own = find(tree, 'x-stack', 'balancer');
  for (const [key, { key: span }] of entriesOf(own)) {
    if (key === 'image') continue;
    const message = `x-stack.balancer has no key "${key}"`;
    report(error(span, { code: 'unknown-key', message, hint: 'its only key is "image"' }));
  }
  const node = find(own, 'image');
  const image = wordAt(node);
  const fault = image === undefined ? 'it is no text' : imageFault(image);
  if (node !== undefined && fault !== undefined) {
    report(error(node.span, { code: 'bad-image', message: `x-stack.balancer.image is no image: ${fault}` }));
  }
  const named = environment.get('STACK_BALANCER_IMAGE') ?? '';
  return named === '' ? image : named;
}
