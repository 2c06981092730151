import type { EngineContract } from '../../contract/contract'
import type { Channel, InputOf } from '../../contract/define'
import type { DraftRehearsal, MigrationDraft } from '../../contract/draft'
import type { ProfileId } from '../../contract/profile'
import type { Connector } from './connector'
import type { Session } from './session/session'

/** Proposes a migration from SQL; nothing stays of what is tried out for it. Ends when the window goes away. */
export async function proposeMigration(
  connector: Connector,
  { profileId, text }: InputOf<EngineContract, 'migration.draft'>,
  channel: Channel<MigrationDraft>,
): Promise<void> {
  const { draftMigration } = await import('./migration/draft/draft-migration')
  await onOwnSession(connector, profileId, channel, async (session) => {
    channel.send(await draftMigration(session, text))
  })
}

/** Proposes a migration that does what was done by hand. Ends when the window goes away. */
export async function proposeFromDrift(
  connector: Connector,
  { profileId }: InputOf<EngineContract, 'migration.draftDrift'>,
  channel: Channel<MigrationDraft>,
): Promise<void> {
  const { draftDrift } = await import('./migration/draft/draft-drift')
  await onOwnSession(connector, profileId, channel, async (session) => {
    channel.send(await draftDrift(session))
  })
}

/** Rehearses a draft before it is written. Ends when the window goes away. */
export async function rehearseProposal(
  connector: Connector,
  { profileId, ...texts }: InputOf<EngineContract, 'migration.rehearseDraft'>,
  channel: Channel<DraftRehearsal>,
): Promise<void> {
  const { rehearseDraft } = await import('./migration/draft/rehearse-draft')
  const away = new AbortController()
  channel.onClose(() => away.abort())
  await onOwnSession(connector, profileId, channel, async (session) => {
    channel.send(await rehearseDraft(session, texts, away.signal))
  })
}

/** A session of its own: the catalog's must not wait, nor be in a transaction. What runs in it is cancelled when the channel closes. */
async function onOwnSession(
  connector: Connector,
  profileId: ProfileId,
  channel: Channel<never>,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await connector.open(profileId, 'Strata rehearsal')
  channel.onClose(() => void session.cancel().catch(() => {}))
  try {
    await work(session)
  } catch (error) {
    if (!channel.isClosed) throw error
  } finally {
    await session.end()
  }
}
