import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maskPlain } from '../../contract/mask-secrets'
import { openLog } from '../../electron/engine/log'

describe('the log', () => {
  it.each([
    ['postgres://app:hunter2@db.example.com/shop', 'postgres://app:•••@db.example.com/shop'],
    ['see POSTGRESQL://app:hunter2@h:5432 and more', 'see POSTGRESQL://app:•••@h:5432 and more'],
    ['postgres://app:p@ss/w:rd@h/shop', 'postgres://app:•••@h/shop'],
    ['postgres://:hunter2@h', 'postgres://:•••@h'],
    ['postgres://app@h/shop', 'postgres://app@h/shop'],
    ['host=h password=hunter2 user=a', 'host=h password=••• user=a'],
    [`password = 'two words' user=a`, "password = '•••' user=a"],
    [`password='it\\'s' user=a`, "password='•••' user=a"],
    ['nothing to hide', 'nothing to hide'],
  ])('masks the password in %s', (line, expected) => {
    expect(maskPlain(line)).toBe(expected)
  })

  it('writes one line for each, of mode 0600, with nothing that could forge another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-log-'))
    const file = join(folder, 'deep', 'engine.log')
    const log = openLog(file)

    log('first\nsecond \u001b[31m postgres://a:b@c')
    log('third')

    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/^\S+ /, ''))).toEqual(['first second  [31m postgres://a:•••@c', 'third'])
    await rm(folder, { recursive: true })
  })

  it('never throws, even where it cannot write', () => {
    expect(() => openLog('/dev/null/no/engine.log')('lost')).not.toThrow()
  })
})
