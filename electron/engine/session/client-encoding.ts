import type { Notice } from '../../../contract/query'
import { refusal } from '../failure-error'

/** Puts the encoding back that Strata speaks; ASCII, so that it reads the same in every encoding. */
export const SPEAK_UTF8 = `set client_encoding to 'UTF8'`

/** The encoding that the server was told to speak instead of UTF-8; null when it speaks UTF-8. `parameters` are its own reports. */
export function foreignEncoding(parameters: ReadonlyMap<string, string>): string | null {
  const reported = parameters.get('client_encoding')
  // UNICODE is an old name that the server keeps as it was written (check_client_encoding).
  return reported === undefined || reported === 'UTF8' || reported === 'UNICODE' ? null : reported
}

/** Says in Messages what was done about a statement that changed the encoding. */
export function encodingNotice(encoding: string): Notice {
  return {
    severity: 'NOTICE',
    code: '00000',
    message: `Strata set client_encoding back from ${encoding} to UTF8.`,
    detail: `It always talks to the server in UTF-8, which has every character of ${encoding}: in another encoding the server would misread what is typed.`,
    hint: `If this statement itself returned text, its letters may have come in ${encoding}: run it again to see them right.`,
  }
}

/** Why a statement must not be sent while the server reads another encoding: its letters would become others. */
export function encodingRefusal(encoding: string): Error {
  return refusal(
    'script',
    `client_encoding is ${encoding}, and it could not be set back to UTF8: the server would misread this statement. Roll back, or open a new session.`,
  )
}
