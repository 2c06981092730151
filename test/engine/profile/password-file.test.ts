import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askPasswordFile, type PasswordFileQuestion } from '../../../electron/engine/profile/password-file'
import { noPsql, openPasswordTrap, type PasswordTrap } from '../../support/psql'

const PORT = 41_991

const asked: PasswordFileQuestion = { host: 'db.example.net', port: PORT, database: 'orders', role: 'app' }

interface Row {
  readonly what: string
  readonly file: string
  /** What differs from the usual question. */
  readonly ask?: Partial<PasswordFileQuestion>
}

const row = (what: string, file: string, ask?: Partial<PasswordFileQuestion>): Row => ({
  what,
  file: file.replaceAll('PORT', String(PORT)),
  ...(ask !== undefined && { ask }),
})

const ROWS: readonly Row[] = [
  row('all five fields', 'db.example.net:PORT:orders:app:s3cret\n'),
  row('no end of line', 'db.example.net:PORT:orders:app:s3cret'),
  row('the end of line of Windows', 'db.example.net:PORT:orders:app:s3cret\r\n'),
  row('several carriage returns', 'db.example.net:PORT:orders:app:s3cret\r\r\n'),
  row('stars for everything', '*:*:*:*:s3cret\n'),
  row('a star for the host', '*:PORT:orders:app:s3cret\n'),
  row('a star for the port', 'db.example.net:*:orders:app:s3cret\n'),
  row('a star for the database', 'db.example.net:PORT:*:app:s3cret\n'),
  row('a star for the role', 'db.example.net:PORT:orders:*:s3cret\n'),
  row('a star is no pattern', '*.example.net:PORT:orders:app:s3cret\n'),
  row('a star at the end of a name', 'db*:PORT:orders:app:s3cret\n'),
  row('a role that is called star', '*:*:*:\\*:s3cret\n', { role: '*' }),
  row('another host', 'db2.example.net:PORT:orders:app:s3cret\n'),
  row('another port', 'db.example.net:5432:orders:app:s3cret\n'),
  row('another database', 'db.example.net:PORT:order:app:s3cret\n'),
  row('another role', 'db.example.net:PORT:orders:apple:s3cret\n'),
  row('the case of a host', 'DB.example.net:PORT:orders:app:s3cret\n'),
  row('the case of a role', 'db.example.net:PORT:orders:App:s3cret\n'),
  row('the first line that fits', '*:*:*:other:no\n*:*:orders:app:first\n*:*:*:*:second\n'),
  row('an exact line behind a general one', '*:*:*:*:general\ndb.example.net:PORT:orders:app:exact\n'),
  row('comments and empty lines', '# one\n\n#*:*:*:*:no\n*:*:*:*:s3cret\n'),
  row('a space before a comment', ' #*:*:*:*:no\n*:*:*:*:s3cret\n'),
  row('spaces around fields', ' db.example.net : PORT : orders : app : s3cret\n'),
  row('spaces within a password', '*:*:*:*: s3 cret \n'),
  row('a colon in a password', '*:*:*:*:s3\\:cret\n'),
  row('a bare colon ends a password', '*:*:*:*:s3:cret\n'),
  row('a backslash in a password', '*:*:*:*:s3\\\\cret\n'),
  row('a backslash before any letter', '*:*:*:*:s3\\cret\n'),
  row('a backslash at the very end', '*:*:*:*:s3cret\\\n'),
  row('two backslashes at the end', '*:*:*:*:s3cret\\\\\n'),
  row('an escaped colon in a role', '*:*:*:a\\:b:s3cret\n', { role: 'a:b' }),
  row('a bare colon in a role', '*:*:*:a:b:s3cret\n', { role: 'a:b' }),
  row('an escaped backslash in a role', '*:*:*:a\\\\b:s3cret\n', { role: 'a\\b' }),
  row('an escaped letter in a role', '*:*:*:\\a\\p\\p:s3cret\n'),
  row('an IPv6 address, escaped', '\\:\\:1:PORT:orders:app:s3cret\n', { host: '::1' }),
  row('an IPv6 address, bare', '::1:PORT:orders:app:s3cret\n', { host: '::1' }),
  row('four fields', 'db.example.net:PORT:orders:s3cret\n'),
  row('six fields', 'db.example.net:PORT:orders:app:s3cret:more\n'),
  row('an empty password', 'db.example.net:PORT:orders:app:\n*:*:*:*:later\n'),
  row('no password field', 'db.example.net:PORT:orders:app\n*:*:*:*:later\n'),
  row('empty fields', ':::: s3cret\n*:*:*:*:later\n'),
  row('an empty file', ''),
  row('letters beyond ASCII', '*:*:bücher:müller:geheimnis ß €\n', { database: 'bücher', role: 'müller' }),
  row('an emoji as the password', '*:*:*:*:🐘🔑\n'),
  row('a quoted password', '*:*:*:*:"s3cret"\n'),
  row('a hash within a line', '*:*:*:*:s3#cret # no comment\n'),
  row('tabs', 'db.example.net:PORT:orders:app:\ts3cret\n'),
  row('a long password', `*:*:*:*:${'x'.repeat(900)}\n`),
  row('a long line before', `other:${'x'.repeat(3000)}\n*:*:*:*:s3cret\n`),
  row('a byte order mark', '\uFEFF*:*:*:*:no\n*:*:*:*:s3cret\n'),
  row('localhost by name', 'localhost:PORT:orders:app:s3cret\n', { host: 'localhost' }),
  row('127.0.0.1 is not localhost', 'localhost:PORT:orders:app:s3cret\n', { host: '127.0.0.1' }),
]

const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

describe('the password file', () => {
  let folder: string
  let trap: PasswordTrap
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-pgpass-'))
    trap = await openPasswordTrap({ port: PORT })
  })
  afterAll(async () => {
    await trap.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function aFile(name: string, content: string, mode = 0o600): Promise<string> {
    const file = join(folder, name)
    await writeFile(file, content)
    await chmod(file, mode)
    return file
  }

  const ours = async (file: string, question: PasswordFileQuestion): Promise<string | null> => {
    const answer = await askPasswordFile(question, file)
    return answer.type === 'found' ? answer.password : null
  }

  describe.skipIf(noPsql !== undefined)('beside psql', () => {
    const psqls = async (file: string, { host, port, database, role }: PasswordFileQuestion) => {
      const where = `host=${quoted(host)} hostaddr=127.0.0.1 port=${port} dbname=${quoted(database)} user=${quoted(role)}`
      const { password } = await trap.login(`${where} sslmode=disable`, { PGPASSFILE: file })
      return password
    }

    it(`gives what psql sends, for ${ROWS.length} files`, { timeout: 60_000 }, async () => {
      const outcomes = await Promise.all(
        ROWS.map(async ({ what, file, ask }, index) => {
          const path = await aFile(`row-${index}`, file)
          const question = { ...asked, ...ask }
          return { what, ours: await ours(path, question), psql: await psqls(path, question) }
        }),
      )

      expect(outcomes.map(({ what, ours }) => [what, ours])).toEqual(outcomes.map(({ what, psql }) => [what, psql]))
      expect(new Set(outcomes.map((each) => each.psql)).size).toBeGreaterThan(15)
      expect(ROWS.length).toBeGreaterThanOrEqual(40)
    })

    it('gives for a Unix socket what psql sends', async () => {
      const sockets = join(folder, 'sockets')
      await mkdir(sockets)
      const bySocket = await openPasswordTrap({ port: PORT, folder: sockets })
      const files = [`localhost:*:*:*:no\n${sockets}:*:*:*:folder\n`, `localhost:*:*:*:no\n`, '*:*:*:*:any\n']

      const outcomes = await Promise.all(
        files.map(async (content, index) => {
          const file = await aFile(`socket-${index}`, content)
          const where = `host=${quoted(sockets)} port=${PORT} dbname=orders user=app`
          const { password } = await bySocket.login(where, { PGPASSFILE: file })
          return [password, await ours(file, { ...asked, host: sockets })]
        }),
      )

      await bySocket.close()
      expect(outcomes).toEqual([
        ['folder', 'folder'],
        [null, null],
        ['any', 'any'],
      ])
    })

    it.each([0o600, 0o400, 0o700, 0o640, 0o604, 0o620, 0o610, 0o644, 0o666, 0o777])(
      'is read, or passed over with a warning, as psql does at mode %o',
      async (mode) => {
        const file = await aFile(`mode-${mode}`, '*:*:*:*:s3cret\n', mode)

        const answer = await askPasswordFile(asked, file)

        const psql = await trap.login(
          `host=db.example.net hostaddr=127.0.0.1 port=${PORT} dbname=orders user=app sslmode=disable`,
          { PGPASSFILE: file },
        )
        expect([answer.type, psql.password]).toEqual((mode & 0o077) === 0 ? ['found', 's3cret'] : ['ignored', null])
        expect(psql.said.includes('has group or world access')).toBe(answer.type === 'ignored')
      },
    )
  })

  it('says localhost for the folder where distributions put the socket, as libpq does', async () => {
    const file = await aFile('default', 'localhost:*:*:*:s3cret\n')
    const folders = { '/var/run/postgresql': 'linux', '/tmp': 'others', '/run/postgresql': 'none' }

    const found = await Promise.all(Object.keys(folders).map((host) => ours(file, { ...asked, host })))

    const isLinux = process.platform === 'linux'
    expect(found).toEqual([isLinux ? 's3cret' : null, isLinux ? null : 's3cret', null])
  })

  it('is not waited for when it is a pipe, and says so', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', ['-m', '600', pipe])

    const answers = [await askPasswordFile(asked, pipe), await askPasswordFile(asked, folder)]

    expect(answers).toEqual([
      { type: 'ignored', why: `${pipe} is ignored: it is not a plain file.` },
      { type: 'ignored', why: `${folder} is ignored: it is not a plain file.` },
    ])
  })

  it('is no failure when it is not there', async () => {
    expect(await askPasswordFile(asked, join(folder, 'nowhere'))).toEqual({ type: 'none' })
  })
})
