import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          root: `${import.meta.dirname}/..`,
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/real/**', 'test/faults/**', 'test/several/**'],
          env: { FORCE_COLOR: '0', NO_COLOR: '1' },
        },
      },
      {
        test: {
          name: 'real',
          root: `${import.meta.dirname}/..`,
          // Of the fault tests a few points, chosen by chance.
          include: ['test/real/**/*.test.ts', 'test/faults/**/*.test.ts'],
          // Engines are shared and the machine is small: files one after the other.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          env: { NO_COLOR: '1' },
        },
      },
      {
        test: {
          name: 'several',
          root: `${import.meta.dirname}/..`,
          // Three hosts of their own, which these tests lose, cut off and join.
          include: ['test/several/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          env: { NO_COLOR: '1' },
        },
      },
      {
        test: {
          name: 'faults',
          root: `${import.meta.dirname}/..`,
          include: ['test/faults/**/*.test.ts'],
          fileParallelism: false,
          hookTimeout: 300_000,
          env: { NO_COLOR: '1', STACK_TEST_FAULTS: 'all' },
        },
      },
    ],
  },
});
