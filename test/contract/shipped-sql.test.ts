import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadModule } from 'libpg-query'
import { beforeAll, describe, expect, it } from 'vitest'
import { scanScript } from '../../contract/script-scanner'
import { serverBinaries } from '../support/cluster'
import { parserStatements } from './parser-statements'

const SHARE = join(serverBinaries(), 'share/postgresql')

/** Every SQL file that comes with the server; the placeholders of extension scripts are filled in, as CREATE EXTENSION does. */
const files = ['.', 'extension'].flatMap((folder) =>
  readdirSync(join(SHARE, folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => ({
      file,
      script: readFileSync(join(SHARE, folder, file), 'utf8').replaceAll(/@ext(?:schema(?::\w+)?|owner)@/g, 'ext'),
    })),
)

beforeAll(async () => {
  await loadModule()
})

describe('the SQL that comes with PostgreSQL', () => {
  it('is split as its parser splits it', () => {
    let count = 0
    for (const { file, script } of files) {
      const { statements, problem } = scanScript(script)
      const found = statements.filter(({ kind }) => kind === 'sql').map(({ from, to }) => ({ from, to }))

      let sql = script
      for (const { from, to, kind } of statements) {
        if (kind === 'psql') sql = sql.slice(0, from) + ' '.repeat(to - from) + sql.slice(to)
      }
      expect({ file, problem, found }).toEqual({ file, problem: null, found: parserStatements(sql) })
      count += found.length
    }
    expect(files.length).toBeGreaterThan(100)
    expect(count).toBeGreaterThan(3_000)
  })
})
