/** Plain JSON: the canonical Compose model, as `stack config --format json` prints it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
