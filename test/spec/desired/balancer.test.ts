import { expect, test } from 'vitest';
import { loadTexts } from '../support/load.ts';

const file = (own: string): string => `x-stack: ${own}\nservices: {web: {image: nginx}}\n`;

function imageIn(own: string, environment: Readonly<Record<string, string>> = {}): string | undefined {
  const loaded = loadTexts({ 'stack.yaml': file(own) }, { projectName: 'shop' }, environment);
  return loaded.ok ? loaded.value.desired.balancerImage : 'refused';
}

test('the image of load balancers is what the file says, or the environment over it', () => {
  expect(imageIn('{}')).toBe(undefined);
  expect(imageIn('{balancer: {image: registry.local/haproxy:3}}')).toBe('registry.local/haproxy:3');
  expect(imageIn('{balancer: {image: a}}', { STACK_BALANCER_IMAGE: 'b' })).toBe('b');
});

test.each([
  ['{balancer: {image: "Not An Image"}}', ['1:29 bad-image']],
  ['{balancer: {image: [a]}}', ['1:29 bad-image']],
  ['{balancer: {iamge: a}}', ['1:22 unknown-key']],
  ['{blancer: {image: a}}', ['1:11 unknown-key']],
])('what says nothing of a balancer is refused at its place: %s', (own, expected) => {
  const loaded = loadTexts({ 'stack.yaml': file(own) }, { projectName: 'shop' });
  const found = loaded.ok ? [] : loaded.diagnostics.filter(({ severity }) => severity === 'error');
  expect(found.map(({ code, span }) => `${span.line}:${span.column} ${code}`)).toEqual(expected);
});
