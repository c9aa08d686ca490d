/** A stretch of an input file. Lines and columns count from 1, columns in UTF-16 units as editors count them. */
export interface Span {
  /** As the user named the file, or relative to the project; `<environment>` and `<arguments>` are no files. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters of the line are meant; 1 or more. */
  readonly length: number;
}

/** A second place that the message speaks of: the other duplicate, each edge of a cycle, the place of the variable. */
export interface Related {
  readonly message: string;
  readonly span: Span;
}

/** Something wrong, or doubtful, in what a person wrote. Addressed to that person. */
export interface Diagnostic {
  /** Kebab-case and stable: people search for it and scripts compare it. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly span: Span;
  /** What to change, when we know it. Imperative mood, no trailing period. */
  readonly hint: string | undefined;
  readonly related: readonly Related[];
  /** The line of source is not shown, because it may hold a secret. Default: false. */
  readonly isSourceHidden?: boolean;
}
