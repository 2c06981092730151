const NAMES: Readonly<Record<string, string>> = {
  '1': 'ParseComplete',
  '2': 'BindComplete',
  '3': 'CloseComplete',
  A: 'NotificationResponse',
  C: 'CommandComplete',
  D: 'DataRow',
  E: 'ErrorResponse',
  G: 'CopyInResponse',
  H: 'CopyOutResponse',
  I: 'EmptyQueryResponse',
  K: 'BackendKeyData',
  N: 'NoticeResponse',
  R: 'Authentication',
  S: 'ParameterStatus',
  T: 'RowDescription',
  V: 'FunctionCallResponse',
  W: 'CopyBothResponse',
  Z: 'ReadyForQuery',
  c: 'CopyDone',
  d: 'CopyData',
  n: 'NoData',
  s: 'PortalSuspended',
  t: 'ParameterDescription',
  v: 'NegotiateProtocolVersion',
}

/** The name of a message of the server in PostgreSQL's words ("Message Formats"); null for a type it does not have. */
export function messageName(type: number): string | null {
  const letter = String.fromCharCode(type)
  return Object.hasOwn(NAMES, letter) ? (NAMES[letter] ?? null) : null
}

/** The same with its article: `a DataRow`, `an ErrorResponse`. */
export function aMessage(type: number): string {
  const name = messageName(type) ?? `message of unknown type 0x${type.toString(16).padStart(2, '0')}`
  return `${/^[AE]/.test(name) ? 'an' : 'a'} ${name}`
}
