import type { EngineContract } from '../../../contract/contract'
import type { InputOf } from '../../../contract/define'
import type { Session } from '../session/session'
import { readInvalidIndexes } from './invalid-indexes'
import type { OpenFolder } from './ledger/ledger'
import { openFolder } from './ledger/open-folder'
import type { History } from './migration-history'
import { readHolder } from './migration-lock'
import { downFileOf, upFileOf } from './migration-name'
import { readScript, type Script } from './migration-script'
import { planAction } from './plan-action'
import type { RunPlan } from './run-plan'
import { isDirect } from './run-session'
import type { HalfWay } from './stopped-migration'

/** A folder with what the database records of it, as both were at one look. */
export interface KnownProject extends OpenFolder {
  readonly history: History
  readonly halfWay: HalfWay
  readonly isPooled: boolean
}

/** A session's own backend never changes, nor does what stands before it. */
const pooled = new WeakMap<Session, boolean>()

async function isPooledSession(session: Session): Promise<boolean> {
  const known = pooled.get(session) ?? !(await isDirect(session))
  pooled.set(session, known)
  return known
}

/** Reads a folder, or that there is none, and the database's history of it. */
export async function readProject(folder: string | null, session: Session): Promise<KnownProject> {
  const opened = await openFolder(folder, session)
  const history = await opened.ledger.readHistory(session)
  const isHalfWay = history.rows.some((row) => row.status !== 'applied')
  const halfWay = isHalfWay ? await readHalfWay(session) : { lockHolder: null, invalidIndexes: [] }
  return { ...opened, history, halfWay, isPooled: await isPooledSession(session) }
}

async function readHalfWay(session: Session): Promise<HalfWay> {
  const holder = await readHolder(session)
  const lockHolder =
    holder === null
      ? null
      : `${holder.applicationName || 'another session'} (backend ${holder.backendPid}, role ${holder.role})`
  return { lockHolder, invalidIndexes: await readInvalidIndexes(session) }
}

/** The plan of an action, with its refusals; texts of files that are gone come from the history. */
export async function planOf(
  session: Session,
  { ledger, contents, history, halfWay }: KnownProject,
  asked: Pick<InputOf<EngineContract, 'migration.plan'>, 'action' | 'isAllOrNothing'>,
): Promise<RunPlan> {
  const { action, isAllOrNothing = false } = asked
  const { rows } = history
  const keptDowns = new Map<string, Script>()
  if (action.kind.startsWith('roll back') || action.kind === 'redo') {
    const held = new Set(
      contents?.migrations.filter((file) => file.up !== null || file.down !== null).map(({ name }) => name),
    )
    for (const { name, hasDownText } of rows) {
      if (!hasDownText || held.has(name)) continue
      const text = (await ledger.readKeptTexts(session, name))?.down
      if (text == null) continue
      keptDowns.set(
        name,
        readScript(downFileOf(name), text, 'down', { hasStandardStrings: session.hasStandardStrings }),
      )
    }
  }
  const named = 'name' in action ? rows.find((row) => row.name === action.name) : undefined
  const texts = named === undefined ? null : await ledger.readKeptTexts(session, named.name)
  const script = (text: string | null | undefined, part: 'up' | 'down') => {
    const file = part === 'up' ? upFileOf(named?.name ?? '') : downFileOf(named?.name ?? '')
    return text == null ? null : readScript(file, text, part, { hasStandardStrings: session.hasStandardStrings })
  }
  const kept = { up: script(texts?.up, 'up'), down: script(texts?.down, 'down') }
  return planAction({ action, isAllOrNothing, contents, rows, keptDowns, kept, ...halfWay })
}
