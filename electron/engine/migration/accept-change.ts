import { refusal } from '../failure-error'
import type { Session } from '../session/session'
import type { MigrationPair } from './migration-files'
import { keptText } from './migration-history'
import { beginWithLock } from './migration-lock'
import { titleFromName } from './migration-name'
import { readScript, type Script } from './migration-script'

/** The history takes the new text; the one that it had stays in the log. */
const ACCEPT = `with was as (
    select name, checksum, down_checksum, up_sql, down_sql from strata.migration
    where name = $1 and status = 'applied' and checksum <> $2 for update),
  accepted as (
    update strata.migration m set checksum = $2, up_sql = $3, title = $4, transactional = $5::boolean, statement_count = $6::integer,
      statement_no = $6::integer, down_checksum = coalesce($7, m.down_checksum),
      down_sql = case when $7::text is null then m.down_sql else $8 end, reversible = m.reversible or $7 is not null
    from was where m.name = was.name returning m.name, m.checksum)
  insert into strata.log (name, action, checksum, detail)
  select name, 'accept-drift', accepted.checksum, pg_catalog.jsonb_build_object('was', pg_catalog.jsonb_build_object(
    'checksum', was.checksum, 'up', was.up_sql, 'down_checksum', was.down_checksum, 'down', was.down_sql))
  from accepted join was using (name)`

/**
 * Takes the files of an applied migration as they are now into the history, which then finds them unchanged. Nothing of them is run.
 * Refused when the up file is not `checksum`, the one that was shown.
 */
export async function acceptChange(session: Session, pair: MigrationPair, checksum: string): Promise<void> {
  const script = (file: string, text: string | null, part: 'up' | 'down'): Script | null =>
    text === null ? null : readScript(file, text, part, { hasStandardStrings: session.hasStandardStrings })
  const up = script(pair.upFile, pair.up, 'up')
  const down = script(pair.downFile, pair.down, 'down')
  if (up === null) throw refusal('name', `${pair.upFile} is gone. There is no new text to accept.`)
  if (up.checksum !== checksum) {
    throw refusal('checksum', `${up.file} was changed again. Nothing was accepted. Look at the new text.`)
  }
  try {
    if (!(await beginWithLock(session))) {
      throw refusal(
        'name',
        'Somebody else migrates this database now. Nothing was accepted. Try again when they are done.',
      )
    }
    const { affected } = await session.query(ACCEPT, [
      pair.name,
      up.checksum,
      keptText(up.text),
      up.header.title ?? titleFromName(pair.name),
      String(up.header.isTransactional),
      String(up.statements.length),
      down?.checksum ?? null,
      down === null ? null : keptText(down.text),
    ])
    if (affected !== 1) throw refusal('name', `The history holds no other text of "${pair.name}". Refresh the list.`)
    await session.query('commit')
  } catch (error) {
    await session.query('rollback').catch(() => {})
    throw error
  }
}
