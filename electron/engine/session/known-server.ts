import type { ServerFacts } from '../../../contract/server'
import { askServer, isServersPid, NOT_ASKED, type ServerAnswers, serverFactsOf } from './server-facts'

/** Parameters whose report can make the server another kind of place. */
const TELLING: ReadonlySet<string> = new Set(['in_hot_standby', 'default_transaction_read_only'])

/** What a session knows of its server: what it was told, and what it asked. */
export class KnownServer {
  private readonly reported: ReadonlyMap<string, string>
  private readonly backendPid: () => number
  private answers: ServerAnswers = NOT_ASKED
  private toldLast = ''
  private readonly listeners = new Set<(facts: ServerFacts) => void>()

  /** `reported` holds the server's ParameterStatus messages so far; `backendPid` is the process id that came with the login. */
  constructor(reported: ReadonlyMap<string, string>, backendPid: () => number) {
    this.reported = reported
    this.backendPid = backendPid
  }

  /** What the server is, as far as is known now. */
  get facts(): ServerFacts {
    return serverFactsOf(this.reported, this.answers, this.backendPid())
  }

  /** True when the server itself knows the session by that process id; false until that was asked, and behind a pooler. */
  get hasServerPid(): boolean {
    return isServersPid(this.answers, this.backendPid())
  }

  /** Asks the server what it is; what it does not know of itself stays unknown. Throws when `mayGoOn` says that nothing more can be asked. */
  async learn(askRow: (sql: string) => Promise<readonly (string | null)[]>, mayGoOn: () => boolean): Promise<void> {
    this.answers = await askServer(askRow, mayGoOn)
    this.tell()
  }

  /** Calls the listener whenever the server turns out to have become something else: a promoted standby, a read-only one. */
  onChanged(listener: (facts: ServerFacts) => void): void {
    this.listeners.add(listener)
  }

  /** To be called after the report of a parameter was noted. */
  noteReport(name: string): void {
    // Not before it was asked: until then what it reports is part of the first answer.
    if (TELLING.has(name) && this.toldLast !== '') this.tell()
  }

  private tell(): void {
    const { facts } = this
    const now = JSON.stringify(facts)
    const isChange = this.toldLast !== '' && this.toldLast !== now
    this.toldLast = now
    if (isChange) for (const listener of [...this.listeners]) listener(facts)
  }
}
