import type { AuthenticationMethod } from '../../../contract/authentication'
import type { Target } from '../../../contract/profile'
import { methodRefused, passwordNeeded } from './connection-failure'
import type { Transport } from './transport'

const OK = 0
const CLEARTEXT = 3
const MD5 = 5
const SASL = 10
const SASL_CONTINUE = 11
const SASL_FINAL = 12
const ASKED: Readonly<Record<number, AuthenticationMethod>> = {
  [CLEARTEXT]: 'password',
  [MD5]: 'md5',
  [SASL]: 'scram-sha-256',
}
const UNSUPPORTED: Readonly<Record<number, string>> = { 2: 'Kerberos V5', 6: 'SCM credentials', 7: 'GSSAPI', 9: 'SSPI' }
const BOUND_MECHANISM = 'SCRAM-SHA-256-PLUS'

/** The authentication of one login, as far as it came; refuses what the target does not allow before anything is sent. */
export class Authentication {
  /** How the server asked; `none` until it does. */
  method: AuthenticationMethod = 'none'
  /** The login is bound to the TLS channel. */
  isChannelBound = false
  /** True once the server has let the role in. */
  isOver = false
  /** The server has shown that it knows the password, too. */
  private hasProved = false
  private readonly target: Target
  private readonly password: string | null
  private readonly transport: Pick<Transport, 'tls' | 'isLocal'>

  constructor(target: Target, password: string | null, transport: Pick<Transport, 'tls' | 'isLocal'>) {
    this.target = target
    this.password = password
    this.transport = transport
  }

  /** Notes a request of the server, `body` being what follows its method; throws the failure that ends the login. */
  request(method: number, body: Buffer): void {
    if (method === SASL_FINAL) this.hasProved = true // whether it is right, the driver checks
    if (method === SASL_CONTINUE || method === SASL_FINAL) return
    const asked = ASKED[method]
    if (method === OK) this.checkEnd()
    else if (asked === undefined) {
      const name = UNSUPPORTED[method] ?? `method ${method}`
      throw this.refused(`asks for ${name} authentication`, 'Strata supports passwords (SCRAM-SHA-256 and MD5).')
    } else {
      this.checkAllowed(asked)
      if (method === SASL) this.checkMechanisms(body.toString('latin1').split('\0'))
      else if (this.target.channelBinding === 'require') throw this.notBound()
      if (this.password === null) throw passwordNeeded(this.target)
      this.method = asked
    }
  }

  private checkEnd(): void {
    if (this.method === 'none' && !this.target.authenticationMethods.includes('none')) {
      throw this.refused(
        `let role "${this.target.role}" in without asking for a password`,
        'Nothing was run: without a password, whoever answers there is believed. Allow "none" where you expect trust, peer or cert in pg_hba.conf.',
        'none',
      )
    }
    if (this.method === 'scram-sha-256' && !this.hasProved) {
      throw this.refused(
        `let role "${this.target.role}" in without proving that it knows the password`,
        'Nothing was run: somebody who does not know it may be answering there.',
      )
    }
    if (this.target.channelBinding === 'require' && !this.isChannelBound) throw this.notBound()
    this.isOver = true
  }

  private checkAllowed(asked: AuthenticationMethod): void {
    const { tls, isLocal } = this.transport
    if (!this.target.authenticationMethods.includes(asked)) {
      const advice = {
        md5: 'Nothing was sent. MD5 lets whoever listens or answers try passwords quickly. Let the server use SCRAM-SHA-256, or allow "md5".',
        password:
          'Nothing was sent. Whoever answers there would learn the password. Let the server use SCRAM-SHA-256, or allow "password".',
        'scram-sha-256': 'Nothing was sent. The profile does not allow SCRAM-SHA-256: allow it.',
        none: '',
      }[asked]
      throw this.refused(`asks for ${WORDS[asked]}, which the profile does not allow`, advice, asked)
    }
    if (asked !== 'password' || isLocal || tls === 'verified chain' || tls === 'verified host') return
    throw this.refused(
      tls === 'none'
        ? 'asks for the password in clear text over an unencrypted connection'
        : 'asks for the password in clear text, and its certificate was not verified',
      'Nothing was sent. Use verify-full, or let the server use SCRAM-SHA-256.',
    )
  }

  private checkMechanisms(offered: readonly string[]): void {
    const { channelBinding } = this.target
    const isEncrypted = this.transport.tls !== 'none'
    const offersBinding = offered.includes(BOUND_MECHANISM)
    // libpq's rule: a server that is asked in the clear has no channel to bind to; one that is offered it nevertheless is another's.
    if (offersBinding && !isEncrypted)
      throw this.refused(
        'offers channel binding over an unencrypted connection',
        'Somebody in between may have ended its TLS. Nothing was sent.',
      )
    if (channelBinding === 'require' && !offersBinding) throw this.notBound()
    this.isChannelBound = offersBinding && channelBinding !== 'disable'
  }

  private notBound() {
    return this.refused(
      this.transport.tls === 'none'
        ? 'cannot bind the login to TLS, because the connection is not encrypted'
        : 'does not bind the login to its TLS channel',
      'Nothing was sent. The profile requires channel binding: use TLS and SCRAM-SHA-256 without a pooler in between, or set it to prefer.',
    )
  }

  private refused(what: string, advice: string, method?: AuthenticationMethod) {
    return methodRefused(this.target, what, advice, method)
  }
}

const WORDS: Readonly<Record<AuthenticationMethod, string>> = {
  'scram-sha-256': 'SCRAM-SHA-256',
  md5: 'the password as MD5',
  password: 'the password in clear text',
  none: 'nothing',
}
