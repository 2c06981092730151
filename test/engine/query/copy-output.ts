import pg from 'pg'
import type { TestDatabase } from '../../support/database-on'

/** A session of its own that reads by COPY, which shares nothing with the code under test but the socket's library. */
export interface CopySession {
  run(sql: string): Promise<void>
  /** Bytes that COPY sends for a query. */
  copy(query: string, options?: string): Promise<Buffer>
  end(): Promise<void>
}

/** Opens one as superuser; end it. */
export async function openCopySession({ target, password, name }: TestDatabase): Promise<CopySession> {
  const { host, port, role } = target
  const client = new pg.Client({ host, port, user: role, password, database: name })
  await client.connect()
  return {
    run: async (sql) => {
      await client.query(sql)
    },
    copy: (query, options = 'format text') =>
      new Promise((resolve, reject) => {
        const parts: Buffer[] = []
        const copying = new pg.Query(`copy (${query}) to stdout with (${options})`) as pg.Query & {
          handleCopyData(message: { chunk: Buffer }): void
        }
        copying.handleCopyData = ({ chunk }) => parts.push(Buffer.from(chunk))
        copying.on('error', reject)
        copying.on('end', () => resolve(Buffer.concat(parts)))
        client.query(copying)
      }),
    end: () => client.end(),
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }

/** The values of COPY's text format, as bytes read one character each; null for NULL. */
export function unescapeCopy(output: Buffer): (string | null)[][] {
  const lines = output.toString('latin1').split('\n').slice(0, -1)
  return lines.map((line) =>
    line
      .split('\t')
      .map((field) =>
        field === '\\N' ? null : field.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter),
      ),
  )
}
