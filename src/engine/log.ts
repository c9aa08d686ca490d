/** Which part of a container's or task's output is wanted. */
export interface LogOptions {
  readonly follow: boolean;
  /** Lines from the end; `undefined` is all. */
  readonly tail: number | undefined;
  /** RFC 3339 or seconds since 1970 as the engine takes them. */
  readonly since: string | undefined;
  readonly until: string | undefined;
}

/** One line of output. */
export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  /** The engine's clock, RFC 3339 with nanoseconds. */
  readonly timestamp: string;
  /** Without the line end; cut at 64 KiB; invalid UTF-8 replaced. May hold control sequences. */
  readonly text: string;
}
