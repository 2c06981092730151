import type { ReactNode } from 'react'
import type { SessionSettings } from '../../contract/profile'

/** What a session was made to be, in the words of the connection's settings: its role, its search_path, and what a pooler kept from it. */
export function SessionMarks(props: {
  readonly settings: SessionSettings
  /** Settings that the shown tab's session was not given. */
  readonly unsent: readonly string[]
}): ReactNode {
  const { settings, unsent } = props
  const { roleToSet, searchPath } = settings
  return (
    <>
      {roleToSet === null ? null : (
        <span className="mark cut" title={`SET ROLE ${roleToSet}`}>
          as <bdi>{roleToSet}</bdi>
        </span>
      )}
      {searchPath === null || unsent.includes('search_path') ? null : (
        <span className="mark cut" title={`search_path ${searchPath}`}>
          search_path <bdi>{searchPath}</bdi>
        </span>
      )}
      {unsent.length === 0 ? null : (
        <span
          className="badge is-changed"
          title="A pooler stands before the server: it would pass them on to other clients."
        >
          pooled, not set: {unsent.join(', ')}
        </span>
      )}
    </>
  )
}
