import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../scripts/check/texts.mjs'

// Put together here, so that the check does not find them in this file.
const machinePath = ['', 'root', 'project'].join('/')
const homePath = ['', 'home', 'someone', 'project'].join('/')
// The same in the middle of something else says nothing of a machine.
const inside = ['', 'work', 'plan'].join('/')
const registry = `https://registry.${'npmjs'}.org/react`

describe('text check', () => {
  it.each([
    ['a path of one machine', `const folder = '${machinePath}/x'`],
    ['a path of one machine', `see ${homePath}`],
    ['the host of a registry', `resolved "${registry}"`],
  ])('finds %s in %s', (what, line) => {
    const problems = problemsOf('a.md', `first\n${line}\n`)

    expect(problems).toEqual([`a.md:2 ${what}`])
  })

  it.each([`import x from '..${inside}'`, `https://example.com${inside}`, '~/root/', 'inRoot(root/)'])(
    'leaves %s alone',
    (line) => {
      const problems = problemsOf('a.ts', line)

      expect(problems).toEqual([])
    },
  )
})
