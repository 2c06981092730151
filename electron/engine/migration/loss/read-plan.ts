import type { Session } from '../../session/session'
import type { RunPlan } from '../run-plan'
import type { FoundLoss } from './compare-states'
import { type DataRelation, type DataState, readDataState } from './data-state'
import { type WrittenLoss, writtenLosses } from './loss-words'

/** What the words of a plan's statements say it destroys of what is there now; nothing is run. */
export async function readPlan(session: Session, plan: RunPlan): Promise<FoundLoss[]> {
  const state = await readDataState(session)
  const losses: FoundLoss[] = []
  for (const { name, script } of plan.steps) {
    for (const { text } of script.statements) {
      for (const written of writtenLosses(text, session.hasStandardStrings)) {
        for (const loss of await lossesOf(session, state, written)) losses.push({ ...loss, migration: name })
      }
    }
  }
  return withoutRepeats(losses)
}

async function lossesOf(session: Session, state: DataState, written: WrittenLoss): Promise<FoundLoss[]> {
  if (written.kind === 'schema') {
    const schema = await nameOf(session, written.name)
    return [...state.values()]
      .filter((relation) => relation.schema === schema && relation.partitionOf === null)
      .map((relation) => lossOf('relation', relation, null))
  }
  const { rows } = await session.query('select pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.text', [
    written.name,
  ])
  const relation = state.get(rows[0]?.[0] ?? '')
  if (relation === undefined) return []
  if (written.kind !== 'column' && written.kind !== 'converted column') return [lossOf(written.kind, relation, null)]
  const column = await nameOf(session, written.column)
  const known = [...relation.columns.values()].find((each) => each.name === column)
  if (known === undefined) return []
  const loss = lossOf(written.kind, relation, column)
  return [written.kind === 'column' ? loss : { ...loss, fromType: known.type }]
}

/** An identifier as the server reads it: in lower case unless it is quoted. */
async function nameOf(session: Session, written: string): Promise<string | null> {
  const { rows } = await session.query('select (pg_catalog.parse_ident($1))[1]', [written])
  return rows[0]?.[0] ?? null
}

function lossOf(
  kind: FoundLoss['kind'],
  { oid, shown, kind: relationKind }: DataRelation,
  column: string | null,
): FoundLoss {
  const nothing = { fromType: null, toType: null, counted: null }
  return { kind, migration: '', oid: Number(oid), relation: shown, relationKind, column, ...nothing }
}

/** What is lost twice is lost once; what goes with its table is not lost on its own. */
function withoutRepeats(losses: readonly FoundLoss[]): FoundLoss[] {
  const dropped = new Set(losses.filter((loss) => loss.kind === 'relation').map((loss) => loss.oid))
  const seen = new Set<string>()
  return losses.filter((loss) => {
    const key = `${loss.kind} ${loss.oid} ${loss.column ?? ''}`
    if (seen.has(key) || (loss.kind !== 'relation' && dropped.has(loss.oid))) return false
    seen.add(key)
    return true
  })
}
