import type { Session } from '../session/session'
import { quoteLiteral } from './quote-literal'

const HISTORY_SCHEMA = 'strata'

/** Settings of every session that runs migrations; a session whose client has died must not keep its locks. */
const SETTINGS: readonly (readonly [name: string, value: string, sinceMajor: number])[] = [
  ['client_connection_check_interval', '1s', 14],
  ['idle_in_transaction_session_timeout', '60s', 10],
  ['idle_session_timeout', '10min', 14],
]

/** The statements of `discard`: what is in a session beside its settings. */
export const DISCARDING: readonly string[] = ['deallocate all', 'close all', 'unlisten *', 'discard temp']

/** A session's settings for migrations, put back as often as a file may have changed them. */
export class RunSettings {
  private readonly session: Session
  private usable: readonly (readonly [string, string])[] = []
  /** False behind a pooler: what is set in a session there reaches others. */
  private isOurs = false

  constructor(session: Session) {
    this.session = session
  }

  /** Sets them one by one and leaves out what this server's platform does not support. Not to be called behind a pooler. */
  async begin(): Promise<void> {
    this.isOurs = true
    const major = Number.parseInt(this.session.facts.serverVersion, 10)
    this.usable = SETTINGS.filter(([, , since]) => major >= since).map(([name, value]) => [name, value])
    const { roleToSet } = this.session.settings
    if (roleToSet !== null) this.usable = [['role', roleToSet], ...this.usable]
    if ((roleToSet ?? this.session.facts.role) === HISTORY_SCHEMA)
      this.usable = [...this.usable, await this.pathWithoutUser()]
    const working: (readonly [string, string])[] = []
    for (const [name, value] of this.usable) {
      try {
        await this.session.query('select pg_catalog.set_config($1, $2, false)', [name, value])
        working.push([name, value])
      } catch (error) {
        if (this.session.lostBecause !== null) throw error
      }
    }
    this.usable = working
  }

  /** For a role named like the history's schema `"$user"` is that schema: tables of migrations would be made in it. */
  private async pathWithoutUser(): Promise<readonly [string, string]> {
    const { rows } = await this.session.query(`select pg_catalog.current_setting('search_path')`)
    const path = (rows[0]?.[0] ?? '').split(/\s*,\s*/).filter((name) => name !== '"$user"')
    return ['search_path', path.join(', ')]
  }

  /** Takes back what a file set for the session: role, search_path and every other setting. */
  async restore(): Promise<void> {
    await this.session.queryTogether(this.restoring())
  }

  /** The statements that `restore` runs. */
  restoring(): readonly string[] {
    return [
      'reset session authorization',
      'reset role',
      'reset all',
      ...this.usable.map(([name, value]) => setting(name, value)),
    ]
  }

  /** Takes away what a file left in the session outside transactions: the next one must find it as a new session is. */
  async discard(): Promise<void> {
    if (!this.isOurs) return
    await this.session.queryTogether(['deallocate all', 'close all', 'unlisten *', 'discard temp'])
  }
}

function setting(name: string, value: string): string {
  return `select pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`
}

/** False when a pooler stands between: the backend that answers is not the one the connection was made to. */
export async function isDirect(session: Session): Promise<boolean> {
  const { rows } = await session.query('select pg_catalog.pg_backend_pid()::pg_catalog.text')
  return Number(rows[0]?.[0]) === session.facts.backendPid
}
