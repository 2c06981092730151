import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finding } from '../../../../contract/import'
import { FailureError } from '../../../../electron/engine/failure-error'
import { type OutsideWatch, watchOutside } from '../../../support/outside-watch'
import { CANARY, HOSTILE_FILES } from './hostile-files'
import { findingsOf } from './summary'

/** What one file may take of the engine's time. */
const LIMIT_MS = 500

/** What is said of a file: of each finding everything that the window is told, or the refusal. */
function saidOf(fileName: string, content: string | Uint8Array): string {
  try {
    return findingsOf(fileName, content)
      .map((each) => JSON.stringify(finding.parse(each)))
      .join('\n')
  } catch (error) {
    if (error instanceof FailureError) return error.message
    throw error
  }
}

describe('a hostile file', () => {
  let outside: OutsideWatch
  beforeAll(() => {
    outside = watchOutside()
  })
  afterAll(() => outside.stop())

  it.each(HOSTILE_FILES)('with $name is named for what it is', ({ fileName, content, says }) => {
    const callsBefore = outside.calls.length

    const spentBefore = process.cpuUsage()

    const said = saidOf(fileName, content)

    // Time of the processor: the machine may be busy with something else.
    const { user, system } = process.cpuUsage(spentBefore)
    expect((user + system) / 1000).toBeLessThan(LIMIT_MS)
    expect(said).toMatch(says)
    for (const part of [CANARY, encodeURIComponent(CANARY), 'hush']) expect(said).not.toContain(part)
    expect(outside.calls.slice(callsBefore)).toEqual([])
  })

  it('is one of more than 40', () => {
    expect(HOSTILE_FILES.length).toBeGreaterThan(40)
  })

  it('leaves the prototype of objects as it is', () => {
    expect(
      Object.getOwnPropertyNames(Object.prototype)
        .filter((name) => !name.startsWith('__'))
        .sort(),
    ).toEqual([
      'constructor',
      'hasOwnProperty',
      'isPrototypeOf',
      'propertyIsEnumerable',
      'toLocaleString',
      'toString',
      'valueOf',
    ])
  })
})
