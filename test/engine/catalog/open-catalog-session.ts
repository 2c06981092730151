import type { ProfileId } from '../../../contract/profile'
import { prepareCatalogSession } from '../../../electron/engine/catalog/read-catalog'
import { openSession } from '../../../electron/engine/session/connect'
import type { Session } from '../../../electron/engine/session/session'
import type { TestDatabase } from '../../support/database-on'

/** A session as the explorer holds one; end it. */
export async function openCatalogSession(
  database: TestDatabase,
  as?: { readonly role: string; readonly password: string },
): Promise<Session> {
  const session = await openUnpreparedSession(database, as)
  await prepareCatalogSession(session)
  return session
}

/** The same session with the role's own search_path; end it. */
export function openUnpreparedSession(
  database: TestDatabase,
  as?: { readonly role: string; readonly password: string },
): Promise<Session> {
  return openSession({
    profileId: 'catalog-test' as ProfileId, // branded here: no profile is saved in these tests
    target: { ...database.target, role: as?.role ?? database.target.role },
    password: as?.password ?? database.password,
    applicationName: 'catalog test',
  })
}
