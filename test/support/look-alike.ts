import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** How a server that speaks PostgreSQL's protocol differs from PostgreSQL. */
export interface LookAlike {
  /** Parameters that it reports at the login, in place of the server's own and besides them. */
  readonly parameters: Readonly<Record<string, string>>
  /** What it answers to `version()`. */
  readonly version: string
  /** Pieces of SQL that it does not know, by the SQLSTATE it answers with. */
  readonly lacks: readonly (readonly [piece: RegExp, sqlState: '42883' | '42P01' | '42703' | '42601' | '0A000'])[]
}

/** CockroachDB 23.2: catalogs of its own making, none of the functions about transactions and snapshots, no system columns. */
export const COCKROACH: LookAlike = {
  parameters: { server_version: '13.0.0', crdb_version: 'CockroachDB CCL v23.2.1 (x86_64-pc-linux-gnu)' },
  version: 'CockroachDB CCL v23.2.1 (x86_64-pc-linux-gnu, built 2024/01/31 17:54:38, go1.21.5)',
  lacks: [
    [/pg_current_snapshot|txid_current|pg_try_advisory|starts_with/, '42883'],
    [/\bxmin\b/, '42703'],
    [/operator\(pg_catalog\./i, '42601'],
    [/vacuum|listen/i, '0A000'],
  ],
}

/** YugabyteDB 2.20: PostgreSQL 11's catalogs without system columns. */
export const YUGABYTE: LookAlike = {
  parameters: { server_version: '11.2-YB-2.20.1.3-b0' },
  version: 'PostgreSQL 11.2-YB-2.20.1.3-b0 on x86_64-pc-linux-gnu, compiled by clang version 16.0.6, 64-bit',
  lacks: [
    [/pg_current_snapshot/, '42883'],
    [/\bxmin\b/, '0A000'],
    [/attgenerated/, '42703'],
  ],
}

/** Redshift: PostgreSQL 8.0's catalogs; the functions that its guide lists as unsupported. */
export const REDSHIFT: LookAlike = {
  parameters: { server_version: '8.0.2' },
  version:
    'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.12103',
  lacks: [
    [/starts_with|string_agg|txid_current|pg_current_snapshot|pg_is_in_recovery|identity_arguments|advisory/, '42883'],
    [/prokind|relispartition|attidentity|attgenerated|indnkeyatts|conparentid|default_transaction_read_only/, '42703'],
    [/pg_extension|pg_enum|pg_range|client_connection_check_interval/, '42P01'],
    [/rows from|with ordinality|materialized/i, '42601'],
    [/pg_proc/, '0A000'],
  ],
}

/** PostgreSQL with the Citus extension: see `INSTALL_CITUS`. */
export const CITUS: LookAlike = { parameters: {}, version: '', lacks: [] }

/** Makes a database look as if Citus were installed in it. */
export const INSTALL_CITUS = `set allow_system_table_mods = on;
insert into pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
values (99999, 'citus', 10, 11, false, '12.1-1')`

/** Statements that fail when they are parsed, each with another SQLSTATE. */
const FAILING: Readonly<Record<LookAlike['lacks'][number][1], string>> = {
  '42883': 'select pg_catalog.not_in_this_server()',
  '42P01': 'select * from pg_catalog.not_in_this_server',
  '42703': 'select not_in_this_server from pg_catalog.pg_class',
  '42601': 'select from from',
  '0A000': 'select 1 union select 1 for update',
}

/** A server that looks like PostgreSQL. */
export interface LookAlikeServer {
  readonly port: number
  /** SQL that it was asked and did not know. */
  readonly declined: readonly string[]
  close(): Promise<void>
}

/**
 * Starts a look-alike on a free port of 127.0.0.1: a real server behind a proxy that replaces what the other would not know by
 * a statement that fails in the same way, so that errors, transaction states and cancelling are a server's own.
 */
export async function startLookAlike(
  to: { readonly host: string; readonly port: number },
  look: LookAlike,
): Promise<LookAlikeServer> {
  const declined: string[] = []
  const rewrite = (sql: string): string => {
    for (const [piece, sqlState] of look.lacks) {
      if (!piece.test(sql)) continue
      declined.push(sql)
      return FAILING[sqlState]
    }
    return look.version === '' ? sql : sql.replace('pg_catalog.version()', `'${look.version}'::text`)
  }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect({ host: to.host, port: to.port, noDelay: true })
    client.setNoDelay(true)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {
        client.destroy()
        upstream.destroy()
      })
      socket.on('close', () => sockets.delete(socket))
    }
    passMessages(client, upstream, true, (type, body) => {
      if (type !== 'P' && type !== 'Q') return body
      // Parse names the statement first.
      const from = type === 'P' ? body.indexOf(0) + 1 : 0
      const to = body.indexOf(0, from)
      const text = Buffer.from(rewrite(body.toString('utf8', from, to)))
      return Buffer.concat([body.subarray(0, from), text, body.subarray(to)])
    })
    let isToldMore = false
    passMessages(upstream, client, false, (type, body) => {
      if (type === 'S') {
        const [name = '', value = ''] = body.toString().split('\0')
        return Buffer.from(`${name}\0${look.parameters[name] ?? value}\0`)
      }
      if (type !== 'K' || isToldMore) return body
      isToldMore = true
      const { crdb_version: own } = look.parameters
      if (own !== undefined) client.write(message('S', Buffer.from(`crdb_version\0${own}\0`)))
      return body
    })
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    declined,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Passes whole messages on, each as `change` gives it back; the first one of a client has no letter. */
function passMessages(
  from: Socket,
  to: Socket,
  hasStartup: boolean,
  change: (type: string, body: Buffer) => Buffer,
): void {
  let held: Buffer = Buffer.alloc(0)
  let isStarted = !hasStartup
  from.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes])
    for (;;) {
      const head = isStarted ? 1 : 0
      if (held.length < head + 4) return
      const length = held.readUInt32BE(head) + head
      if (held.length < length) return
      const whole = held.subarray(0, length)
      held = held.subarray(length)
      if (isStarted)
        to.write(message(whole.toString('latin1', 0, 1), change(whole.toString('latin1', 0, 1), whole.subarray(5))))
      else to.write(whole)
      isStarted = true
    }
  })
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
