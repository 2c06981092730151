import { describe, expect, it } from 'vitest'
import type { FileToken } from '../../../contract/transfer'
import { SaveTargets } from '../../../electron/engine/transfer/save-targets'

const token = (name: string) => name as FileToken // branded here: the shell mints tokens

describe('files that the user chose', () => {
  it('are found by their token once', async () => {
    const targets = new SaveTargets()
    targets.note('a', '/chosen/a.csv')

    expect(await targets.take(token('a'))).toBe('/chosen/a.csv')
    await expect(targets.take(token('a'))).rejects.toMatchObject({ failure: { kind: 'refused' } })
  })

  it('are waited for when the window is faster than the shell', async () => {
    const targets = new SaveTargets()

    const path = targets.take(token('late'))
    setImmediate(() => targets.note('late', '/chosen/late.csv'))

    expect(await path).toBe('/chosen/late.csv')
  })
})
