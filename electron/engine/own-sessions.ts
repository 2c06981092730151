import type { ProfileId, Target } from '../../contract/profile'
import type { OwnSession } from '../../contract/server'
import type { Connector } from './connector'
import type { Profiles } from './profile/profile-store'
import type { TabRuns } from './query/tab-runs'
import type { Session } from './session/session'
import type { SessionRegistry } from './session/session-registry'

/** Where this app's sessions are known. */
interface Sources {
  readonly profiles: Profiles
  readonly sessions: SessionRegistry
  readonly connector: Connector
  readonly tabRuns: TabRuns
}

/** True for a session that runs nothing and is in no transaction. */
export function isIdle(session: Session): boolean {
  return !session.isBusy && session.transactionStatus === 'none'
}

/** This app's open sessions on the server of a profile, whatever profile they were opened for; the longest unused first. */
export async function ownSessions(
  profileId: ProfileId,
  { profiles, sessions, connector, tabRuns }: Sources,
): Promise<OwnSession[]> {
  const { target } = await profiles.get(profileId)
  const known = new Map((await profiles.list()).map((profile) => [profile.id, profile]))
  const onServer = (session: Session) => {
    const other = known.get(session.facts.profileId)
    return other !== undefined && (other.id === profileId || isSameServer(other.target, target))
  }
  const describe = (session: Session, isTabs: boolean): OwnSession => {
    const place = isTabs ? tabRuns.placeOf(session.id) : null
    const isOpen = session.transactionStatus !== 'none'
    return {
      sessionId: isTabs ? session.id : null,
      profileId: session.facts.profileId,
      profileName: known.get(session.facts.profileId)?.name ?? '',
      tabId: place?.tabId ?? null,
      state: session.isBusy ? 'running' : isOpen ? 'in transaction' : 'idle',
      sinceMs: isOpen && place !== null ? place.transactionMs : session.silentMs,
    }
  }
  const tabs = sessions.all.filter(onServer).map((session) => describe(session, true))
  const own = connector.presentSessions.filter(onServer).map((session) => describe(session, false))
  return [...tabs.sort((a, b) => b.sinceMs - a.sinceMs), ...own]
}

function isSameServer(a: Target, b: Target): boolean {
  return a.host === b.host && a.port === b.port && JSON.stringify(a.tunnel) === JSON.stringify(b.tunnel)
}
