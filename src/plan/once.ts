/** Computes a value when it is first asked for, and then remembers it. */
export function once<T>(compute: () => T): () => T {
  let memory: { readonly value: T } | undefined;
  return () => (memory ??= { value: compute() }).value;
}
