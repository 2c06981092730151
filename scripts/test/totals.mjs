/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

/**
 * Counts of a vitest JSON report; undefined is the report of a run that broke off.
 * @param {any} report
 * @param {number} code exit code of vitest
 * @returns {Totals}
 */
export function unitTotals(report, code) {
  /** @type {{ status: string, assertionResults: { status: string }[] }[]} */
  const files = report?.testResults ?? []
  // A file that cannot be loaded fails without having a single test.
  const broken = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  return atLeastOneFailure(code, {
    passed: report?.numPassedTests ?? 0,
    failed: (report?.numFailedTests ?? 0) + broken.length,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  })
}

/**
 * Counts of a Playwright JSON report; undefined is the report of a run that broke off.
 * @param {any} report
 * @param {number} code exit code of Playwright
 * @returns {Totals}
 */
export function appTotals(report, code) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {}
  return atLeastOneFailure(code, { passed: expected, failed: unexpected + flaky, skipped })
}

/**
 * The line that ends a run, and whether all is well; a run without a single passed test is not.
 * @param {readonly Totals[]} parts
 */
export function describeTotals(parts) {
  const sum = (/** @type {keyof Totals} */ key) => parts.reduce((total, part) => total + part[key], 0)
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')]
  const summary = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  return { summary, isGreen: failed === 0 && passed > 0 }
}

/**
 * Errors outside of tests (set-up, unhandled rejections) only show in the exit code.
 * @param {number} code
 * @param {Totals} totals
 */
function atLeastOneFailure(code, totals) {
  return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals
}
