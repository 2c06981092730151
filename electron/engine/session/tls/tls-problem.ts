/** TLS ended for a reason that Strata itself found; `message` says what, `advice` what to do. */
export class TlsProblem extends Error {
  readonly advice: string
  /** Set when the passphrase of the client key is the reason. */
  readonly passphrase: 'missing' | 'wrong' | null

  constructor(
    message: string,
    advice: string,
    more: { readonly cause?: unknown; readonly passphrase?: 'missing' | 'wrong' } = {},
  ) {
    super(message, { cause: more.cause })
    this.advice = advice
    this.passphrase = more.passphrase ?? null
  }
}

/** The files of TLS, as the form calls them. */
export type TlsFile = 'root certificate' | 'revocation list' | 'client certificate' | 'client key'

type FileProblem = 'missing' | 'unreadable' | 'empty' | 'open to others' | 'not a file' | 'too large' | 'not its own'

const CONTENTS: Readonly<Record<TlsFile, string>> = {
  'root certificate': 'certificate',
  'revocation list': 'revocation list',
  'client certificate': 'certificate',
  'client key': 'private key',
}

/** A file of TLS that is not as it must be. */
export function fileProblem(what: TlsFile, path: string, problem: FileProblem, cause?: unknown): TlsProblem {
  const made = (message: string, advice: string) => new TlsProblem(message, advice, { cause })
  if (path === 'system')
    return made(
      'This computer has no list of root certificates.',
      'Choose a CA file, or install the certificates of the system (package ca-certificates).',
    )
  switch (problem) {
    case 'missing':
      if (what === 'root certificate')
        return made(
          `There is no CA file ${path}.`,
          'The server\'s certificate is verified with it. Choose the CA file of your server, or "system" for the roots this computer trusts.',
        )
      return made(
        `There is a client certificate, but not its private key ${path}.`,
        'Choose the key that belongs to the certificate.',
      )
    case 'unreadable':
      return made(
        `The ${what} ${path} cannot be read: ${codeOf(cause)}.`,
        'Choose another file, or allow it to be read.',
      )
    case 'empty':
      return made(
        `The file ${path} holds no ${CONTENTS[what]} that can be read.`,
        `Choose a file with a ${CONTENTS[what]} in PEM: it begins with "-----BEGIN".`,
      )
    case 'open to others':
      return made(
        `Others on this computer can read the private key ${path}.`,
        `libpq would not use it either. Take the permission away: chmod 600 ${path}`,
      )
    case 'not a file':
      return made(`The ${what} ${path} is not a regular file.`, `Choose the file with the ${CONTENTS[what]}.`)
    case 'too large':
      return made(`The file ${path} is too large for a ${what}.`, `Choose the file with the ${CONTENTS[what]}.`)
    case 'not its own':
      return made(
        `The private key ${path} does not belong to the client certificate.`,
        'Choose the key that the certificate was made for.',
      )
  }
}

/** The client key is encrypted, and cannot be opened. */
export function passphraseProblem(path: string, state: 'missing' | 'wrong', cause?: unknown): TlsProblem {
  const isForeign = /unsupported|unknown.?(cipher|algorithm)/i.test(cause instanceof Error ? cause.message : '')
  if (isForeign)
    return new TlsProblem(
      `The private key ${path} is encrypted in a way that cannot be read here.`,
      `Encrypt it with AES: openssl pkcs8 -topk8 -v2 aes-256-cbc -in ${path}`,
      { cause },
    )
  return state === 'missing'
    ? new TlsProblem(`The private key ${path} is encrypted.`, 'Enter its passphrase.', { passphrase: state })
    : new TlsProblem(`The passphrase of the private key ${path} is wrong.`, 'Enter it again.', {
        passphrase: state,
        cause,
      })
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  const words: Readonly<Record<string, string>> = { EACCES: 'permission denied', EISDIR: 'it is a folder' }
  return typeof code === 'string' ? (words[code] ?? code) : String(error)
}
