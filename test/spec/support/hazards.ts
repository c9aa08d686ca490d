import type { Files } from './model.ts';

const web = 'services:\n  web:\n    image: app\n';

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

/** Nine lists, each of nine aliases of the one before. */
function bomb(): string {
  const levels = lines(9, (level) => `x-${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]`);
  return `x-0: &a0 [x, x, x, x, x, x, x, x, x]\n${levels}${web}`;
}

/** Files that hang, abort or exhaust readers of YAML, and the code of the answer; `undefined` where they load. */
export const hazards: readonly (readonly [string, string | undefined, Files])[] = [
  ['brackets that open', 'too-deep', '['.repeat(500_000)],
  ['braces that open', 'too-deep', '{a: '.repeat(5_000)],
  ['dashes in a row', 'too-deep', '- '.repeat(5_000)],
  ['question marks in a row', 'too-deep', '? '.repeat(200_000)],
  ['a thousand levels of indentation', 'too-deep', lines(1_000, (level) => `${' '.repeat(level)}a:`)],
  ['a list of 200 000 items', 'too-many-nodes', `x-a:\n${lines(200_000, () => '- a')}`],
  ['closing braces', 'too-many-nodes', '}'.repeat(800_000)],
  ['anchors without a value', 'too-many-nodes', '&a '.repeat(300_000)],
  ['aliases that multiply', 'too-many-nodes', bomb()],
  ['14 000 anchors', undefined, `x-a:\n${lines(14_000, (index) => `  k${index}: &a${index} v`)}${web}`],
  ['10 000 services', undefined, `services:\n${lines(10_000, (index) => `  s${index}: {image: a}`)}`],
  ['20 000 variables', undefined, `${web}    environment:\n${lines(20_000, (index) => `      k${index}: v`)}`],
  ['a key written 10 000 times', 'duplicate-key', lines(10_000, () => 'a: b')],
  ['a file of over 1 MiB', 'file-too-large', `a: ${'x'.repeat(1_100_000)}`],
  ['150 000 variables that are not set', 'no-image', web.replace('app', '${U}'.repeat(150_000))],
  ['150 000 braces that open', 'bad-variable', web.replace('app', `"${'${A:-'.repeat(150_000)}"`)],
  ['quotes of a command', undefined, `${web}    command: "${"'a' ".repeat(150_000)}"`],
  ['a range of all ports', 'bad-port', `${web}    ports: ["1-65535:1-65535"]`],
  ['a duration of 100 000 units', 'bad-value', `${web}    healthcheck: {test: a, interval: ${'1h'.repeat(100_000)}}`],
  ['a file of variables full of quotes', undefined, { 'stack.yaml': web, '.env': 'A="'.repeat(300_000) }],
  ['a file of 300 000 wrong lines', 'bad-env-file', { 'stack.yaml': web, '.env': '!\n'.repeat(300_000) }],
  ['files that include two each', 'too-many-nodes', includes()],
];

/** Thirty files, each of which asks for the next one twice. */
function includes(): Files {
  const files = Array.from({ length: 30 }, (_, index) => {
    const text = index === 29 ? 'services: {}\n' : `include: [f${index + 1}.yaml, {path: f${index + 1}.yaml}]\n`;
    return [`f${index}.yaml`, text] as const;
  });
  return { 'stack.yaml': `include: [f0.yaml]\n${web}`, ...Object.fromEntries(files) };
}
