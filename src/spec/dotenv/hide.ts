/**
 * A file of variables as messages may show it: names, and nothing of the values, which are passwords as often as not.
 * Lines keep their numbers. A line without a name may belong to a value, and shows nothing.
 */
export function hideValues(text: string): string {
  return text
    .split('\n')
    .map((line) => `${/^[\w.\- \t]*[=:]/.exec(line)?.[0] ?? ''}…`)
    .join('\n');
}
