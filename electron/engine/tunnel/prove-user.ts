import ssh2, { type AnyAuthMethod, type AuthenticationType, type ParsedKey } from 'ssh2'
import type { SecretKind, WantedSecret } from '../../../contract/secret'
import type { FailureError } from '../failure-error'
import { readAgent } from './agent-keys'
import { readPlainFile } from './plain-file'
import { type KeyReading, MAX_KEY_BYTES, readPrivateKey } from './private-key'
import { hopName, type ResolvedHop } from './resolve-hops'
import { tunnelRefused, wordsOf } from './tunnel-failure'

/** What a server said to the last attempt: the ways it still takes, and whether the attempt was good but not enough. */
export interface AuthAnswer {
  readonly left: readonly AuthenticationType[]
  readonly isPartial: boolean
}

/** One attempt at proving the user. */
export interface Attempt {
  readonly method: AnyAuthMethod
  /** How people call it. */
  readonly name: string
}

/** What attempts are made of besides the hop. */
export interface ProofParts {
  readonly findSecret: (kind: SecretKind) => Promise<string | null>
}

/**
 * The attempts at proving the user of a hop, one after the other; each is given what the server said to the one before.
 * Ends by throwing the `tunnel` failure that says why there is no further one. Nothing is asked for before it is needed.
 */
export async function* proofsOf(hop: ResolvedHop, parts: ProofParts): AsyncGenerator<Attempt, never, AuthAnswer> {
  // Most servers refuse it, and say what they take instead.
  const answer = yield { method: { type: 'none', username: hop.user }, name: 'nothing' }
  switch (hop.authentication) {
    case 'password':
      return yield* byPassword(hop, parts, answer)
    case 'key':
      return yield* byKeys(hop, parts, answer)
    case 'agent':
      return yield* byAgent(hop, answer)
    case 'automatic':
      return yield* byWhatIsThere(hop, answer)
  }
}

type Proofs = AsyncGenerator<Attempt, never, AuthAnswer>

async function* byPassword(hop: ResolvedHop, { findSecret }: ProofParts, answer: AuthAnswer): Proofs {
  const username = hop.user
  const hasPassword = answer.left.includes('password')
  if (!hasPassword && !answer.left.includes('keyboard-interactive')) throw otherWays(hop, answer, 'a password')
  const kind = kindOf(hop)
  const password = kind === null ? null : await findSecret(kind)
  if (password === null || password === '') {
    throw tunnelRefused(`The SSH server ${hopName(hop)} asks user "${hop.user}" for a password.`, {
      advice: 'Enter the password.',
      ...wanted(hop, 'missing'),
    })
  }
  let asked = 0
  const prompt: Extract<AnyAuthMethod, { type: 'keyboard-interactive' }>['prompt'] = (
    _name,
    _text,
    _lang,
    prompts,
    reply,
  ) => {
    asked += prompts.length
    reply(asked === 1 ? [password] : prompts.map(() => ''))
  }
  const next = yield {
    method: hasPassword ? { type: 'password', username, password } : { type: 'keyboard-interactive', username, prompt },
    name: 'password',
  }
  if (next.isPartial) throw furtherProof(hop, next)
  if (asked > 1) {
    throw tunnelRefused(`The SSH server ${hopName(hop)} asks user "${hop.user}" more than one question.`, {
      advice: 'Strata answers a single one, the password. Use a key or the SSH agent.',
    })
  }
  throw tunnelRefused(`The SSH server ${hopName(hop)} did not accept the password of user "${hop.user}".`, {
    advice: 'Check user and password.',
    ...wanted(hop, 'wrong'),
  })
}

async function* byKeys(hop: ResolvedHop, { findSecret }: ProofParts, first: AuthAnswer): Proofs {
  if (!first.left.includes('publickey')) throw otherWays(hop, first, 'a key')
  const kind = kindOf(hop)
  const ask = async () => (kind === null ? null : await findSecret(kind))
  const tried: string[] = []
  for (const file of hop.keyFiles) {
    const reading = await readPrivateKey(file, ask)
    if (reading.type === 'absent' && !hop.areKeysNamed) continue
    if (reading.type !== 'key') throw keyFailure(hop, file, reading)
    const answer = yield attemptWith(hop, reading.key, file)
    if (answer.isPartial) throw furtherProof(hop, answer)
    tried.push(file)
  }
  if (tried.length === 0) {
    throw tunnelRefused(`There is no key to prove user "${hop.user}" to the SSH server ${hopName(hop)}.`, {
      advice: `Choose a key file. None of ${hop.keyFiles.join(', ')} exists.`,
    })
  }
  throw notAccepted(hop, tried.length === 1 ? `the key ${tried[0]}` : `any of the keys ${tried.join(', ')}`)
}

async function* byAgent(hop: ResolvedHop, first: AuthAnswer): Proofs {
  if (!first.left.includes('publickey')) throw otherWays(hop, first, 'a key of the SSH agent')
  if (hop.agentSocket === null) {
    throw tunnelRefused(`There is no SSH agent to prove user "${hop.user}" to ${hopName(hop)}.`, {
      advice: 'SSH_AUTH_SOCK is not set. Start an agent and Strata from the same session, or use a key file.',
    })
  }
  let declined: Error | null = null
  const reading = await readAgent(hop.agentSocket, hop.isOnlyNamedKeys ? publicKeys(hop) : null, (error) => {
    declined = error
  })
  if (reading.type === 'unreachable') {
    throw tunnelRefused(`The SSH agent at ${hop.agentSocket} does not answer.`, {
      advice: `Start it, or use a key file to reach ${hopName(hop)}.`,
    })
  }
  if (reading.count === 0) {
    throw tunnelRefused(`The SSH agent holds no key for ${hopName(hop)}.`, {
      advice: hop.isOnlyNamedKeys
        ? 'IdentitiesOnly limits it to the keys of the configuration: add one of them with ssh-add.'
        : 'Add one with ssh-add, or use a key file.',
    })
  }
  const answer = yield { method: { type: 'agent', username: hop.user, agent: reading.agent }, name: 'agent' }
  if (answer.isPartial) throw furtherProof(hop, answer)
  if (declined !== null) {
    throw tunnelRefused(`The SSH agent did not sign for ${hopName(hop)}: ${wordsOf(declined)}.`, {
      advice: 'Unlock the agent, or confirm the use of the key when it asks.',
    })
  }
  throw notAccepted(
    hop,
    reading.count === 1 ? 'the key of the SSH agent' : `any of the ${reading.count} keys of the SSH agent`,
  )
}

/** A jump host that only the configuration names: what needs no question. */
async function* byWhatIsThere(hop: ResolvedHop, first: AuthAnswer): Proofs {
  if (!first.left.includes('publickey')) throw otherWays(hop, first, 'a key')
  if (hop.agentSocket !== null) {
    const reading = await readAgent(hop.agentSocket, hop.isOnlyNamedKeys ? publicKeys(hop) : null, () => {})
    if (reading.type === 'keys' && reading.count > 0) {
      const answer = yield { method: { type: 'agent', username: hop.user, agent: reading.agent }, name: 'agent' }
      if (answer.isPartial) throw furtherProof(hop, answer)
    }
  }
  const locked: string[] = []
  for (const file of hop.keyFiles) {
    const reading = await readPrivateKey(file, async () => null)
    if (reading.type === 'passphrase missing') locked.push(file)
    if (reading.type !== 'key') continue
    const answer = yield attemptWith(hop, reading.key, file)
    if (answer.isPartial) throw furtherProof(hop, answer)
  }
  throw tunnelRefused(
    `The SSH server ${hopName(hop)}, a jump host of ~/.ssh/config, did not accept the keys of user "${hop.user}".`,
    {
      advice:
        locked.length === 0
          ? 'Add its key to the SSH agent, or add it to the tunnel as a server of its own.'
          : `${locked.join(', ')} needs a passphrase: add it to the SSH agent, or add ${hop.name} to the tunnel as a server of its own.`,
    },
  )
}

function attemptWith(hop: ResolvedHop, key: ParsedKey, file: string): Attempt {
  return { method: { type: 'publickey', username: hop.user, key }, name: `key ${file}` }
}

/** The public halves of the keys that the configuration names: of `file.pub`, else of the key itself where it needs no passphrase. */
function publicKeys(hop: ResolvedHop): Buffer[] {
  return hop.keyFiles.flatMap((file) => {
    for (const path of [`${file}.pub`, file]) {
      try {
        const bytes = readPlainFile(path, MAX_KEY_BYTES)
        if (bytes === null) continue
        const parsed: unknown = ssh2.utils.parseKey(bytes)
        const key = (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey | Error | undefined
        if (key !== undefined && !(key instanceof Error)) return [key.getPublicSSH()]
      } catch {
        // The other one may be there.
      }
    }
    return []
  })
}

/** The secret of a server of the profile; a jump host of the configuration has none. */
function kindOf(hop: ResolvedHop): SecretKind | null {
  return SSH_SECRETS[hop.index ?? -1] ?? null
}

const SSH_SECRETS: readonly SecretKind[] = ['ssh 1', 'ssh 2', 'ssh 3', 'ssh 4']

function wanted(hop: ResolvedHop, state: WantedSecret['state']): { readonly secret?: WantedSecret } {
  const kind = kindOf(hop)
  return kind === null ? {} : { secret: { kind, state } }
}

function keyFailure(hop: ResolvedHop, file: string, reading: Exclude<KeyReading, { type: 'key' }>): FailureError {
  switch (reading.type) {
    case 'absent':
      return tunnelRefused(`There is no key file ${file} for the SSH server ${hopName(hop)}.`, {
        advice: 'Choose the file of the private key.',
      })
    case 'passphrase missing':
      return tunnelRefused(`The key ${file} for the SSH server ${hopName(hop)} needs a passphrase.`, {
        advice: 'Enter the passphrase, or add the key to the SSH agent.',
        ...wanted(hop, 'missing'),
      })
    case 'passphrase wrong':
      return tunnelRefused(`The passphrase of the key ${file} for the SSH server ${hopName(hop)} is not right.`, {
        advice: 'Enter it again. Nothing was sent to the server.',
        ...wanted(hop, 'wrong'),
      })
    case 'open to others':
      return tunnelRefused(`Other users of this computer can read the key ${file} (mode ${reading.mode}).`, {
        advice: `It is not used, as ssh would not use it. Give it mode 0600: chmod 600 ${file}`,
      })
    case 'unusable':
      return tunnelRefused(`The key ${file} for the SSH server ${hopName(hop)} cannot be used: ${reading.why}.`, {
        advice: 'Choose a private key in the OpenSSH, PEM or PKCS #8 format.',
      })
  }
}

function notAccepted(hop: ResolvedHop, what: string): FailureError {
  return tunnelRefused(`The SSH server ${hopName(hop)} did not accept ${what} for user "${hop.user}".`, {
    advice: `Check the user, and that the public key stands in authorized_keys on ${hop.name}.`,
  })
}

function otherWays(hop: ResolvedHop, { left }: AuthAnswer, what: string): FailureError {
  const ways = left.length === 0 ? 'nothing we can give' : left.join(', ')
  return tunnelRefused(`The SSH server ${hopName(hop)} does not take ${what} from user "${hop.user}".`, {
    advice: `It takes: ${ways}. Choose another authentication.`,
  })
}

function furtherProof(hop: ResolvedHop, { left }: AuthAnswer): FailureError {
  return tunnelRefused(
    `The SSH server ${hopName(hop)} accepted the proof of user "${hop.user}" and wants another one.`,
    {
      advice: `It asks for ${left.join(', ')} as well. Strata gives one proof per server.`,
    },
  )
}
