import type { Client } from 'pg'
import type { Notice } from '../../../contract/query'
import type { TransactionStatus } from '../../../contract/session'
import { encodingNotice, encodingRefusal, foreignEncoding, ownEncoding } from './client-encoding'

/** Keeps `client_encoding` at ours, whatever statements set it to. */
export class EncodingKeeper {
  private readonly client: Pick<Client, 'query'>
  private readonly parameters: ReadonlyMap<string, string>
  private readonly status: () => TransactionStatus | 'gone'

  constructor(
    client: Pick<Client, 'query'>,
    parameters: ReadonlyMap<string, string>,
    status: () => TransactionStatus | 'gone',
  ) {
    this.client = client
    this.parameters = parameters
    this.status = status
  }

  /** Sets it back right after the statement that changed it; null when it is ours, else the one that it still is. */
  async speakOwn(tell: (notice: Notice) => void): Promise<string | null> {
    const { client, parameters } = this
    const encoding = foreignEncoding(parameters)
    // In an aborted transaction the server refuses; there it has taken back what the transaction had set.
    if (encoding === null || this.status() === 'aborted' || this.status() === 'gone') return encoding
    const own = ownEncoding(parameters)
    try {
      await client.query(`set client_encoding to '${own}'`)
      tell(encodingNotice(encoding, own))
    } catch {
      // Cancelled, or lost: the next statement tries again.
    }
    return foreignEncoding(parameters)
  }

  /** Throws when the server would misread the statement. */
  async refuseForeign(text: string): Promise<void> {
    const encoding = await this.speakOwn(() => {})
    if (encoding === null || encoding === 'UTF8' || this.status() === 'gone') return
    // ROLLBACK must get through, and reads the same in every encoding.
    if (this.status() !== 'aborted' || /[^\0-\x7f]/.test(text)) throw encodingRefusal(encoding)
  }
}
