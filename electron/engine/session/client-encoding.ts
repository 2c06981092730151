import type { Notice } from '../../../contract/query'
import { refusal } from '../failure-error'

/**
 * The `client_encoding` that Strata wants. Its texts are always UTF-8; a database in SQL_ASCII knows no letters, and would refuse to send
 * bytes that are not UTF-8 to somebody who asks for UTF-8: there the bytes are asked for as they are. `parameters` are the server's reports.
 */
export function ownEncoding(parameters: ReadonlyMap<string, string>): 'UTF8' | 'SQL_ASCII' {
  return parameters.get('server_encoding') === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8'
}

/** The encoding that the server was told to speak instead of ours; null when it speaks ours. */
export function foreignEncoding(parameters: ReadonlyMap<string, string>): string | null {
  const reported = parameters.get('client_encoding') ?? 'UTF8'
  // UNICODE is an old name that the server keeps as it was written (check_client_encoding).
  const encoding = reported === 'UNICODE' ? 'UTF8' : reported
  return encoding === ownEncoding(parameters) ? null : encoding
}

/** Says in Messages what was done about a statement that changed the encoding. */
export function encodingNotice(encoding: string, own: string): Notice {
  return {
    severity: 'NOTICE',
    code: '00000',
    message: `Strata set client_encoding back from ${encoding} to ${own}.`,
    detail:
      own === 'UTF8'
        ? `It always talks to the server in UTF-8, which has every character of ${encoding}: in another encoding the server would misread what is typed.`
        : 'This database has no encoding of its own: its bytes are taken as they are, and those that are not text in UTF-8 are shown as such.',
    hint: `If this statement itself returned text, its letters may have come in ${encoding}: read them again by a statement of their own.`,
  }
}

/** Why a statement must not be sent while the server reads another encoding: its letters would become others. */
export function encodingRefusal(encoding: string): Error {
  return refusal(
    'script',
    `client_encoding is ${encoding}, and it could not be set back: the server would misread this statement. Roll back, or open a new session.`,
  )
}
