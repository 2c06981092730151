import { describe, expect, it } from 'vitest'
import { lintSection } from '../../../../electron/engine/migration/lint/lint-section'

const found = async (text: string, file: 'up' | 'down', name: string) => {
  const { findings, limit } = await lintSection(text, name, { part: file })
  return { rules: findings.map(({ rule, line, from, to }) => [rule, line, text.slice(from, to)]), limit }
}

describe("the check of another tool's file", () => {
  const DBMATE = `-- migrate:up transaction:false
create index i on t (x);
create index concurrently j on t (x);
-- migrate:down
drop table t;
drop index i;
`

  it('reads the up section of dbmate with its transaction', async () => {
    expect(await found(DBMATE, 'up', '1_index.sql')).toEqual({
      rules: [['index-without-concurrently', 2, 'create index i on t (x)']],
      limit: null,
    })
  })

  it('reads the down section of dbmate as a rollback', async () => {
    expect(await found(DBMATE, 'down', '1_index.sql')).toEqual({
      rules: [['drop-index-without-concurrently', 6, 'drop index i']],
      limit: null,
    })
  })

  it('reads the sections of node-pg-migrate', async () => {
    const text = '-- Up Migration\nlock table t;\n\n-- Down Migration\ntruncate t;\n'

    expect((await found(text, 'up', '1_x.sql')).rules).toEqual([['lock-table', 2, 'lock table t']])
    expect((await found(text, 'down', '1_x.sql')).rules).toEqual([['truncate-loses-data', 5, 'truncate t']])
  })

  it('knows what yoyo calls transactional', async () => {
    const text = '-- depends: a\n-- transactional: false\ncreate index concurrently i on t (x);\n'

    expect((await found(text, 'up', '2024-a.sql')).rules).toEqual([])
  })

  it('leaves Python alone, and says so', async () => {
    expect(await found('from yoyo import step', 'up', '2024-a.py')).toEqual({
      rules: [],
      limit: 'Only SQL is checked.',
    })
  })

  it('offers no edits that would write our header into it', async () => {
    const { findings } = await lintSection('-- migrate:up\ncreate index i on t (x);\n', '1_x.sql', { part: 'up' })

    expect(findings.map(({ fix }) => fix)).toEqual([null])
  })
})
