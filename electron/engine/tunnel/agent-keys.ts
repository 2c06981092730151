import ssh2, {
  type IdentityCallback,
  type OpenSSHAgent,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2'

/** What an SSH agent can prove, with the agent to sign with; or that it does not answer. */
export type AgentReading =
  | { readonly type: 'keys'; readonly agent: OpenSSHAgent; readonly count: number }
  | { readonly type: 'unreachable' }

/** An agent that offers some of its keys. */
class PartOfAgent extends ssh2.OpenSSHAgent {
  private readonly keys: readonly ParsedKey[]
  private readonly noteSignError: (error: Error) => void

  constructor(socket: string, keys: readonly ParsedKey[], noteSignError: (error: Error) => void) {
    super(socket)
    this.keys = keys
    this.noteSignError = noteSignError
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(undefined, [...this.keys])
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): boolean {
    const answer = typeof options === 'function' ? options : done
    return super.sign(key, data, typeof options === 'function' ? {} : options, (error, signature) => {
      if (error !== undefined && error !== null) this.noteSignError(error)
      answer?.(error, signature)
    })
  }
}

/**
 * Asks the agent at a socket for its keys; where `only` is given, for those of them. It is never forwarded to another computer.
 * `noteSignError` is told when the agent declines to sign.
 */
export function readAgent(
  socket: string,
  only: readonly Buffer[] | null,
  noteSignError: (error: Error) => void,
): Promise<AgentReading> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ type: 'unreachable' }), AGENT_LIMIT_MS)
    new ssh2.OpenSSHAgent(socket).getIdentities((error, found) => {
      clearTimeout(timer)
      if (error || found === undefined) return resolve({ type: 'unreachable' })
      const parsed = found as ParsedKey[] // its types allow other agents more
      const keys =
        only === null ? parsed : parsed.filter((key) => only.some((known) => known.equals(key.getPublicSSH())))
      resolve({ type: 'keys', agent: new PartOfAgent(socket, keys, noteSignError), count: keys.length })
    })
  })
}

/** A locked agent asks its user first. */
const AGENT_LIMIT_MS = 20_000
