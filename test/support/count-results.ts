import { existsSync, readFileSync } from 'node:fs';

// usage: count-results.ts FILE…
// Sums reports of vitest's json reporter and prints "PASSED FAILED". A report that is not there, a file that could not
// be loaded and an error outside of every test each count as a failure.

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

function count(file: string): { readonly passed: number; readonly failed: number } {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed };
}

const counts = process.argv.slice(2).map(count);
const sum = (key: 'passed' | 'failed'): number => counts.reduce((total, each) => total + each[key], 0);
process.stdout.write(`${sum('passed')} ${sum('failed')}\n`);
