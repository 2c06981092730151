import { describe, expect, it } from 'vitest'
import { isInstalled } from '../../../scripts/prepare/packages.mjs'

const root = { version: '1' }
const react = { version: '19.0.0', integrity: 'sha512-a' }
const ofOthers = { version: '1.0.0', integrity: 'sha512-b', optional: true, os: ['aix'], cpu: ['s390x'] }
const ofOurs = { version: '1.0.0', integrity: 'sha512-c', optional: true, os: [process.platform], cpu: [process.arch] }

const cases: readonly [claim: string, isRight: boolean, wanted: object, installed: object][] = [
  ['everything is there', true, { '': root, 'node_modules/react': react }, { 'node_modules/react': react }],
  ['a package is missing', false, { '': root, 'node_modules/react': react }, {}],
  [
    'a version differs',
    false,
    { 'node_modules/react': react },
    { 'node_modules/react': { ...react, version: '18.0.0' } },
  ],
  [
    'a hash differs',
    false,
    { 'node_modules/react': react },
    { 'node_modules/react': { ...react, integrity: 'sha512-x' } },
  ],
  ['one is there that the lock does not name', false, {}, { 'node_modules/react': react }],
  ['only a package of another platform is missing', true, { 'node_modules/other': ofOthers }, {}],
  ['an optional package of this platform is missing', false, { 'node_modules/ours': ofOurs }, {}],
]

describe('installed packages', () => {
  it.each(cases)('are compared with the lock: %s', (_, isRight, wanted, installed) => {
    const answer = isInstalled({ packages: { ...wanted } }, { packages: { ...installed } })

    expect(answer).toBe(isRight)
  })
})
