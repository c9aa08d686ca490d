import { test } from 'vitest';

/** All tests, as `npm run test:several` wants; `npm test` leaves out what takes long and says little more. */
const isWhole = process.env['STACK_TEST_SEVERAL'] === 'all';

/** A test that only the whole run has. */
export const wholeTest = test.runIf(isWhole);

/** All items, or the first alone where not everything is run. */
export const orFirst = <T>(items: readonly T[]): readonly T[] => (isWhole ? items : items.slice(0, 1));
