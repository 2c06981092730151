import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostKeyAnswer, HostKeyQuestion } from '../../contract/host-key'
import type { SshHop } from '../../contract/profile'
import type { SecretKind } from '../../contract/secret'
import { HOP_LIMITS, type HopLimits } from '../../electron/engine/tunnel/connect-hop'
import { HostKeys } from '../../electron/engine/tunnel/host-keys'
import type { SshUser } from '../../electron/engine/tunnel/resolve-hops'
import { sshUser } from '../../electron/engine/tunnel/ssh-user'

/** A hop as a profile has it: by password, through 127.0.0.1, unless said otherwise. */
export function aHop(wish: Partial<SshHop> & { readonly port: number }): SshHop {
  return { host: '127.0.0.1', user: 'deploy', authentication: 'password', keyFile: null, ...wish }
}

/** A home folder with `~/.ssh`, what is asked of a person, and what they answer. */
export interface SshHome {
  readonly home: string
  readonly user: () => SshUser
  readonly hostKeys: HostKeys
  /** Our own file of trusted keys. */
  readonly store: string
  readonly questions: HostKeyQuestion[]
  readonly answer: (answer: HostKeyAnswer) => void
  readonly secrets: Map<SecretKind, string>
  readonly findSecret: (kind: SecretKind) => Promise<string | null>
  readonly limits: HopLimits
  readonly write: (name: string, text: string) => string
  readonly remove: () => void
}

/** A home folder in which `knownHosts` are known; host keys that nobody knows are answered with `cancel` unless said otherwise. */
export function sshHome(knownHosts: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): SshHome {
  const home = mkdtempSync(join(tmpdir(), 'strata-ssh-home-'))
  mkdirSync(join(home, '.ssh'), { mode: 0o700 })
  const write = (name: string, text: string) => {
    const path = join(home, '.ssh', name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  write('known_hosts', knownHosts.map((line) => `${line}\n`).join(''))
  const questions: HostKeyQuestion[] = []
  const secrets = new Map<SecretKind, string>()
  let given: HostKeyAnswer = 'cancel'
  const store = join(home, 'data', 'known_hosts')
  return {
    home,
    user: () => sshUser(home, environment),
    hostKeys: new HostKeys(store, async (question) => {
      questions.push(question)
      return given
    }),
    store,
    questions,
    answer: (answer) => {
      given = answer
    },
    secrets,
    findSecret: async (kind) => secrets.get(kind) ?? null,
    limits: { ...HOP_LIMITS, handshakeMs: 800, openMs: 1_000 },
    write,
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}
