import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { authenticationRequest, fatalError } from './scripted-server'

const PSQL = '/usr/bin/psql'

/** Why a comparison with psql cannot be made here; undefined when it can. */
export const noPsql: string | undefined = existsSync(PSQL) ? undefined : 'psql is not installed'

/** What psql sent to a server, or said when it sent nothing. */
export interface PsqlLogin {
  /** Null when it did not come to that. */
  readonly password: string | null
  /** The parameters of its start-up message. */
  readonly startup: ReadonlyMap<string, string>
  readonly said: string
}

/** A server that asks everybody for the password in clear text, writes down what it is given, and lets nobody in. */
export interface PasswordTrap {
  /** What psql sends with this connection string. */
  login(connection: string, env: Readonly<Record<string, string>>): Promise<PsqlLogin>
  close(): Promise<void>
}

/** Listens on a port of the loopback interface, or on the Unix socket of a port in a folder. */
export async function openPasswordTrap(place: {
  readonly port: number
  readonly folder?: string
}): Promise<PasswordTrap> {
  const heard = new Map<string, { startup: Map<string, string>; password: string | null }>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    listen(socket, (key, login) => heard.set(key, login))
  })
  const { port, folder } = place
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (folder === undefined) server.listen(port, '127.0.0.1', resolve)
    else server.listen(`${folder}/.s.PGSQL.${port}`, resolve)
  })
  let last = 0
  return {
    login: async (connection, env) => {
      last += 1
      const key = `login-${last}`
      // A parameter of our own names the login in the start-up message: they run side by side.
      const options = ['-X', '-w', '-c', '', `${connection} application_name=${key}`]
      const said = await new Promise<string>((resolve) => {
        execFile(PSQL, options, { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...env } }, (_, out, error) =>
          resolve(`${out}${error}`),
        )
      })
      return { password: null, startup: new Map(), ...heard.get(key), said }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listen(
  socket: Socket,
  note: (key: string, login: { startup: Map<string, string>; password: string | null }) => void,
): void {
  let buffered = Buffer.alloc(0)
  let login: { startup: Map<string, string>; password: string | null } | null = null
  socket.on('data', (bytes) => {
    buffered = Buffer.concat([buffered, bytes])
    if (login === null) {
      if (buffered.length < 8 || buffered.length < buffered.readInt32BE(0)) return
      const words = buffered.subarray(8, buffered.readInt32BE(0)).toString('utf8').split('\0')
      buffered = buffered.subarray(buffered.readInt32BE(0))
      const startup = new Map<string, string>()
      for (let at = 0; at + 1 < words.length; at += 2)
        if (words[at] !== '') startup.set(words[at] ?? '', words[at + 1] ?? '')
      login = { startup, password: null }
      note(startup.get('application_name') ?? '', login)
      socket.write(authenticationRequest(3))
      return
    }
    if (buffered.length < 5 || buffered.length < buffered.readInt32BE(1) + 1) return
    login.password = buffered.subarray(5, buffered.readInt32BE(1)).toString('utf8')
    socket.end(fatalError('28P01', 'nobody is let in'))
  })
}
