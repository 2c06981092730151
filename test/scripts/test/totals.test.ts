import { describe, expect, it } from 'vitest'
import { appTotals, describeTotals, unitTotals } from '../../../scripts/test/totals.mjs'

const unitReport = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 0, testResults: [] }

describe('totals of a test run', () => {
  it('add up both runners', () => {
    const parts = [
      unitTotals(unitReport, 1),
      appTotals({ stats: { expected: 2, unexpected: 1, flaky: 0, skipped: 0 } }, 1),
    ]

    const answer = describeTotals(parts)

    expect(answer).toEqual({ summary: '5 passed, 2 failed, 1 skipped', isGreen: false })
  })

  it('are green when something passed and nothing failed', () => {
    const answer = describeTotals([{ passed: 2, failed: 0, skipped: 0 }])

    expect(answer).toEqual({ summary: '2 passed, 0 failed', isGreen: true })
  })

  it('are not green when nothing ran', () => {
    const answer = describeTotals([{ passed: 0, failed: 0, skipped: 4 }])

    expect(answer.isGreen).toBe(false)
  })

  it('count a file that could not be loaded as failed', () => {
    const broken = { ...unitReport, numFailedTests: 0, testResults: [{ status: 'failed', assertionResults: [] }] }

    const totals = unitTotals(broken, 1)

    expect(totals).toEqual({ passed: 3, failed: 1, skipped: 1 })
  })

  it('count an error outside of every test as failed', () => {
    const totals = appTotals({ stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 0 } }, 1)

    expect(totals).toEqual({ passed: 2, failed: 1, skipped: 0 })
  })

  it('count a run that left no report as failed', () => {
    const totals = unitTotals(undefined, 134)

    expect(totals).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})
