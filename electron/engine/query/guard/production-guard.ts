import type { Channel } from '../../../../contract/define'
import type { CheckEvent, CheckInput } from '../../../../contract/guard'
import type { Profile, ProfileId } from '../../../../contract/profile'
import type { RunEvent, RunInput } from '../../../../contract/query'
import { scanScript } from '../../../../contract/script-scanner'
import { lineColumnAt } from '../../../../contract/statement'
import type { Session } from '../../session/session'
import { settingFailure } from '../../session/session-settings'
import { checkScript, type FoundDanger } from './check-script'
import { Confirmations, type GuardRules } from './confirmations'
import { estimateRows, type NameSpace } from './estimate-rows'

/** What the guard asks of its neighbours. */
export interface GuardOptions {
  readonly profileOf: (profileId: ProfileId) => Promise<Pick<Profile, 'environment' | 'settings'>>
  /** A session of its own for the estimates; they end it. */
  readonly openSession: (profileId: ProfileId) => Promise<Session>
}

/** Statements whose rows are estimated; those of the others are not known. */
const ESTIMATED = 20

/** Keeps dangerous statements from a production database until somebody was asked. */
export class ProductionGuard {
  private readonly options: GuardOptions
  private readonly confirmations = new Confirmations()

  constructor(options: GuardOptions) {
    this.options = options
  }

  /** Tells what of a script asks, and what its rows are estimated at; ends when that is all. */
  async check(input: CheckInput, session: Session, isBusy: boolean, channel: Channel<CheckEvent>): Promise<void> {
    const { facts, hasStandardStrings } = session
    const rules = await this.rules(facts.profileId)
    const { isGuarded, isReadOnly } = rules
    const found = isGuarded
      ? await checkScript(input, { hasStandardStrings, isReadOnly }, () => !channel.isClosed)
      : { ranges: [], dangers: [], count: 0 }
    if (channel.isClosed) return
    channel.send({
      type: 'scriptChecked',
      database: facts.database,
      statements: found.ranges.length,
      dangers: found.dangers.map(({ danger }) => danger),
      dangerCount: found.count,
      confirmation: this.confirmations.mint(facts, input, rules),
    })
    const asked = found.dangers.filter(({ finding }) => finding.rows !== null)
    if (asked.length > 0 && !channel.isClosed) await this.estimate(asked, session, isBusy, channel)
  }

  /** What a run ends with instead of running when it is dangerous, on production, and nobody was asked; null when it may run. */
  async refusalOf(input: RunInput, session: Session): Promise<readonly RunEvent[] | null> {
    const startedAt = performance.now()
    const { facts, hasStandardStrings } = session
    const rules = await this.rules(facts.profileId)
    const { isGuarded, isReadOnly } = rules
    const isConfirmed = this.confirmations.take(input.confirmation, facts, input, rules)
    if (!isGuarded || isConfirmed) return null
    const { ranges, dangers, count } = await checkScript(input, { hasStandardStrings, isReadOnly })
    const [first] = dangers
    if (first === undefined) return null
    const { title, reason, statement, range } = first.danger
    const more = count > 1 ? ` So ${count === 2 ? 'does one more' : `do ${count - 1} more`}.` : ''
    const message = `This asks before it is run on the production database ${facts.database}: ${title}. ${reason}${more} Nothing was run.`
    const failure = { kind: 'refused' as const, issues: [{ path: 'confirmation', message }] }
    const elapsedMs = performance.now() - startedAt
    return [
      { type: 'scriptSplit', statements: [...ranges] },
      { type: 'statementFailed', statement, failure, place: range, resultId: null, elapsedMs },
      { type: 'runEnded', outcome: 'failed', elapsedMs },
    ]
  }

  /** Refuses a session whose start-up SQL asks, on production: it runs where nobody can be asked. */
  async checkStartup({ facts, hasStandardStrings, settings }: Session): Promise<void> {
    const script = settings.startupSql
    const { isGuarded, isReadOnly } = await this.rules(facts.profileId)
    if (script === '' || !isGuarded) return
    const wanted = { script, range: null, commitMode: 'auto' as const }
    const { ranges, dangers } = await checkScript(wanted, { hasStandardStrings, isReadOnly })
    const [first] = dangers
    const isUnread = ranges.length === 0 && scanScript(script, { hasStandardStrings }).statements.length > 0
    if (first === undefined && !isUnread) return
    const { title, reason, range } = first?.danger ?? UNREAD
    const { line } = lineColumnAt(script, range.from)
    throw settingFailure(
      `The start-up SQL of this connection was not run on production, line ${line}: ${title}. ${reason}`,
      'What asks before it runs on production is run in a tab. Edit the connection: its start-up SQL stands in the section Session.',
    )
  }

  private async rules(profileId: ProfileId): Promise<GuardRules> {
    const { environment, settings } = await this.options.profileOf(profileId)
    return { isGuarded: environment === 'production', isReadOnly: settings.isReadOnly }
  }

  private async estimate(
    asked: readonly FoundDanger[],
    tab: Session,
    isBusy: boolean,
    channel: Channel<CheckEvent>,
  ): Promise<void> {
    const told = new Set<number>()
    const tell = (statement: number, rows: number | null) => {
      told.add(statement)
      channel.send({ type: 'rowsEstimated', statement, rows })
    }
    let session: Session | null = null
    try {
      const place = isBusy ? NOWHERE : await nameSpaceOf(tab)
      const opened = await this.options.openSession(tab.facts.profileId)
      session = opened
      channel.onClose(() => void opened.cancel().catch(() => {}))
      for (const found of asked.slice(0, ESTIMATED)) {
        if (channel.isClosed) return
        tell(found.danger.statement, await estimateRows(opened, place, found))
      }
    } catch {
      // No session to be had, or lost: what was not told is not known.
    } finally {
      await session?.end()
    }
    for (const { danger } of asked) if (!told.has(danger.statement)) tell(danger.statement, null)
  }
}

const UNREAD = { title: 'Not understood', reason: 'A part of it cannot be run here.', range: { from: 0 } }

const NOWHERE: NameSpace = { searchPath: null, role: null }

/** SHOW takes no snapshot and no lock: an open transaction of the tab is as it was. */
async function nameSpaceOf(tab: Session): Promise<NameSpace> {
  if (tab.transactionStatus === 'aborted') return NOWHERE
  const show = async (name: string) => (await tab.query(`show ${name}`)).rows[0]?.[0] ?? null
  return { searchPath: await show('search_path'), role: await show('role') }
}
