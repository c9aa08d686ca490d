import { describe, expect, test } from 'vitest';

import { scenarios } from './scenarios.ts';
import { simulate } from './simulate.ts';

describe.each(scenarios)('$name', (scenario) => {
  test('a run that dies before or after any call is completed by one more run', async () => {
    const { calls, violations } = await simulate(scenario, [[]]);
    expect(violations).toEqual([]);
    expect(calls.length).toBeGreaterThan(0);

    const broken: string[] = [];
    for (let call = 1; call <= calls.length; call++) {
      for (const kind of ['crash-before', 'crash-after'] as const) {
        const simulated = await simulate(scenario, [[{ call, kind }]]);
        for (const violation of simulated.violations)
          broken.push(`${kind} ${call} ${calls[call - 1] ?? ''}: ${violation}`);
      }
    }
    expect(broken).toEqual([]);
  });
});
