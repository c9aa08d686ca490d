/** Runs one command line and resolves with its exit code. Never rejects. */
export async function main(_process: NodeJS.Process): Promise<number> {
  return Promise.resolve(0);
}
