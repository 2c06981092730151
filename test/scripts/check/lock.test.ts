import { describe, expect, it } from 'vitest'
import { lockProblems } from '../../../scripts/check/lock.mjs'

describe('lock check', () => {
  it('is silent about a complete lock', () => {
    const lock = {
      packages: {
        '': { optionalDependencies: { 'cpu-features': '1' } },
        'node_modules/cpu-features': { version: '1.0.0', integrity: 'sha512-a' },
      },
    }

    const problems = lockProblems(lock)

    expect(problems).toEqual([])
  })

  it('names optional packages that the lock lacks, missing hashes and registries', () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/lint': { version: '1', integrity: 'sha512-a', optionalDependencies: { 'lint-darwin': '1' } },
        'node_modules/bare': { version: '1' },
        'node_modules/from': { version: '1', integrity: 'sha512-b', resolved: 'https://registry.example/from.tgz' },
      },
    }

    const problems = lockProblems(lock)

    expect(problems).toEqual([
      'node_modules/lint wants lint-darwin as optional, which the lock does not name',
      'node_modules/bare has no integrity',
      'node_modules/from names the registry it came from',
    ])
  })
})
