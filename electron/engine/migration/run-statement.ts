import { CopyData } from '../session/copy-data'
import { RawQuery } from '../session/raw-query'
import type { Session } from '../session/session'
import type { Script, ScriptStatement } from './migration-script'

/**
 * Runs one statement of a script, the data lines of a COPY … FROM STDIN included, and answers with the rows it affected; null where its
 * command has no count. Throws a `FailureError`.
 */
export async function runStatement(
  session: Session,
  script: Pick<Script, 'text'>,
  { text, data }: Pick<ScriptStatement, 'text' | 'data'>,
): Promise<number | null> {
  if (data === null) return (await session.query(text)).affected
  let tag: string | null = null
  const listener = {
    columnsArrived: () => {},
    commandCompleted: (completed: string | null) => {
      tag = completed
    },
  }
  const copy = { isCopy: true, data: new CopyData(script.text, data) }
  await session.run(new RawQuery(text, [], listener, copy), text)
  const rows = Number(/^COPY (\d+)$/.exec(tag ?? '')?.[1] ?? Number.NaN)
  return Number.isNaN(rows) ? null : rows
}
