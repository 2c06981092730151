import type { Channel } from '../../../contract/define'
import type { ProfileId } from '../../../contract/profile'
import type { FollowEvent, RunEvent, RunInput, TabRemains, Uncommitted } from '../../../contract/query'
import type { SessionId, SessionLoss } from '../../../contract/session'
import { NOTHING_UNCOMMITTED, uncommittedAfter } from '../../../contract/uncommitted'
import type { TabId } from '../../../contract/workspace'
import { refusal } from '../failure-error'
import type { Session } from '../session/session'
import { RunLog } from './run-log'

/** How the last run of a tab was asked to behave: the window chooses the same for the next one. */
type Asked = Pick<TabRemains, 'commitMode' | 'onFailure' | 'statementTimeoutMs'>

const USUAL: Asked = { commitMode: 'auto', onFailure: 'stop', statementTimeoutMs: null }

interface Tab {
  readonly profileId: ProfileId
  readonly tabId: TabId
  session: Session | null
  /** `performance.now()` of the last change of the transaction's state. */
  transactionSince: number
  /** What its open transaction has changed, now and when the last run began. */
  uncommitted: Uncommitted
  uncommittedBefore: Uncommitted
  asked: Asked
  run: RunLog | null
  loss: SessionLoss | null
}

/** The sessions and the last run of every tab: they outlive the window, which takes them up again when it was reloaded. */
export class TabRuns {
  private readonly tabs = new Map<TabId, Tab>()

  /** Notes that a session belongs to a tab. A session that the tab had before is answered with: nobody can reach it any more. */
  attach(profileId: ProfileId, tabId: TabId, session: Session): Session | null {
    const known = this.tabs.get(tabId)
    const { asked = USUAL, run = null } = known ?? {}
    this.tabs.set(tabId, {
      profileId,
      tabId,
      session,
      transactionSince: performance.now(),
      uncommitted: NOTHING_UNCOMMITTED,
      uncommittedBefore: NOTHING_UNCOMMITTED,
      asked,
      run,
      loss: null,
    })
    return known?.session ?? null
  }

  /** The log that a new run of a session speaks into; `channel` hears it as long as it is there. */
  begin(session: Session, input: RunInput, channel: Channel<RunEvent>): RunLog {
    const log = new RunLog(input)
    log.pass(channel as Channel<FollowEvent>) // a run event is a follow event: the channel is only sent the former
    const tab = this.of(session.id)
    if (tab === undefined) return log
    tab.run = log
    const { commitMode, onFailure = 'stop', statementTimeoutMs = null } = input
    tab.asked = { commitMode, onFailure, statementTimeoutMs }
    tab.uncommittedBefore = tab.uncommitted
    let status = session.transactionStatus
    log.pass({
      isClosed: false,
      onClose: () => {},
      send: (event) => {
        if (event.type === 'runAttached') return
        tab.uncommitted = uncommittedAfter(tab.uncommitted, status, event)
        if (event.type !== 'transactionReported') return
        status = event.status
        tab.transactionSince = performance.now()
      },
    })
    return log
  }

  /** Says everything that the last run of a tab said, and what it says from now on. */
  async follow(profileId: ProfileId, tabId: TabId, channel: Channel<FollowEvent>): Promise<void> {
    const tab = this.tabs.get(tabId)
    if (tab?.run == null || tab.profileId !== profileId) throw refusal('tabId', 'Nothing was run in this tab.')
    await tab.run.follow(channel)
  }

  /** What is kept of a profile's tabs. */
  remains(profileId: ProfileId): TabRemains[] {
    return [...this.tabs.values()]
      .filter((tab) => tab.profileId === profileId)
      .map(({ tabId, session, transactionSince, uncommittedBefore, asked, run, loss }) => ({
        tabId,
        session: session?.facts ?? null,
        transaction: {
          status: session?.transactionStatus ?? 'none',
          sinceMs: performance.now() - transactionSince,
          uncommitted: uncommittedBefore,
        },
        ...asked,
        hasRun: run !== null,
        loss,
      }))
  }

  /** The tab whose session the server knows by that process id; null when none of the profile's is. */
  tabOfBackend(profileId: ProfileId, backendPid: number): TabId | null {
    for (const { tabId, session, ...tab } of this.tabs.values()) {
      if (tab.profileId === profileId && session?.hasServerPid && session.facts.backendPid === backendPid) return tabId
    }
    return null
  }

  /** Notes that a tab's session was lost; its rows and what it ran are kept. */
  noteLoss(loss: SessionLoss): void {
    const tab = this.of(loss.sessionId)
    if (tab === undefined) return
    tab.session = null
    tab.loss = loss
  }

  /** How long the transaction of a session stands as it does, in milliseconds, and whose tab it is; null for no tab's. */
  placeOf(sessionId: SessionId): { readonly tabId: TabId; readonly transactionMs: number } | null {
    const tab = this.of(sessionId)
    return tab === undefined ? null : { tabId: tab.tabId, transactionMs: performance.now() - tab.transactionSince }
  }

  /** Notes that a tab's idle session is ended by us; its rows and what it ran are kept. */
  detach(sessionId: SessionId): void {
    const tab = this.of(sessionId)
    if (tab !== undefined) tab.session = null
  }

  /** Forgets a tab whose session is ended by us, and stops its run. */
  forget(sessionId: SessionId): void {
    const tab = this.of(sessionId)
    if (tab !== undefined) this.drop(tab)
  }

  /** Forgets tabs that are closed and have no session any more. */
  keepOnly(profileId: ProfileId, open: readonly TabId[]): void {
    for (const tab of [...this.tabs.values()]) {
      if (tab.profileId === profileId && tab.session === null && !open.includes(tab.tabId)) this.drop(tab)
    }
  }

  /** Forgets every tab of a profile, and stops its runs. */
  forgetProfile(profileId: ProfileId): void {
    for (const tab of [...this.tabs.values()]) if (tab.profileId === profileId) this.drop(tab)
  }

  private drop(tab: Tab): void {
    this.tabs.delete(tab.tabId)
    tab.run?.close()
  }

  private of(sessionId: SessionId): Tab | undefined {
    for (const tab of this.tabs.values()) if (tab.session?.id === sessionId) return tab
    return undefined
  }
}
