import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseServiceFile } from '../../../electron/engine/profile/service-file'
import { noPsql, openPasswordTrap, type PasswordTrap } from '../../support/psql'

const PORT = 41_992

/** A file, and the service that is asked for. */
const ROWS: readonly (readonly [what: string, file: string, service?: string])[] = [
  ['a plain section', '[a]\ndbname=orders\nuser=app\npassword=s3cret\n'],
  ['no end of line', '[a]\ndbname=orders\nuser=app\npassword=s3cret'],
  ['lines of Windows', '[a]\r\ndbname=orders\r\nuser=app\r\npassword=s3cret\r\n'],
  ['the second section', '[b]\ndbname=no\nuser=no\n[a]\ndbname=orders\nuser=app\npassword=s3cret\n'],
  ['nothing of the next section', '[a]\ndbname=orders\nuser=app\n[b]\npassword=no\n'],
  ['a section that is there twice', '[a]\ndbname=orders\nuser=app\n[b]\n[a]\npassword=no\n'],
  ['a key that is there twice', '[a]\ndbname=orders\ndbname=no\nuser=app\npassword=first\npassword=second\n'],
  ['comments and empty lines', '# x\n\n[a]\n  # y\n\ndbname=orders\n\t#z\nuser=app\npassword=s3cret\n'],
  ['spaces around lines', '  [a]  \n  dbname=orders  \n\tuser=app\t\n password=s3cret \n'],
  ['spaces around the equals sign', '[a]\ndbname = orders\n'],
  ['spaces before a value', '[a]\ndbname=orders\nuser=app\npassword= s3cret\n'],
  ['a value with an equals sign', '[a]\ndbname=orders\nuser=app\npassword=a=b=c\n'],
  ['a value in quotes', "[a]\ndbname=orders\nuser=app\npassword='s3cret'\n"],
  ['a value with a hash', '[a]\ndbname=orders\nuser=app\npassword=s3#cret # no comment\n'],
  ['a value with a backslash', '[a]\ndbname=orders\nuser=app\npassword=s3\\ncret\\\\\n'],
  ['letters beyond ASCII', '[größe]\ndbname=bücher\nuser=müller\npassword=geheim ß\n', 'größe'],
  ['a name with spaces', '[my service]\ndbname=orders\nuser=app\n', 'my service'],
  ['a name with spaces at its ends', '[ a ]\ndbname=orders\nuser=app\n'],
  ['the case of a name', '[A]\ndbname=orders\nuser=app\n'],
  ['text behind a name', '[a] and more\ndbname=orders\nuser=app\npassword=s3cret\n'],
  ['a name that begins alike', '[ab]\ndbname=no\n[a]\ndbname=orders\nuser=app\n'],
  ['a section without an end', '[a\ndbname=orders\n'],
  ['an empty section', '[a]\n[b]\ndbname=no\n'],
  ['no such section', '[b]\ndbname=orders\n'],
  ['an empty file', ''],
  ['no equals sign', '[a]\ndbname\n'],
  ['an unknown key', '[a]\ndatabase=orders\n'],
  ['an unknown key in another section', '[b]\ndatabase=no\nx\n[a]\ndbname=orders\nuser=app\n'],
  ['the case of a key', '[a]\nDBNAME=orders\n'],
  ['another service', '[a]\nservice=b\n[b]\ndbname=orders\n'],
  ['another service beside values', '[a]\ndbname=orders\nuser=app\nservice=b\n'],
  ['values before any section', 'dbname=no\nuser=no\n[a]\ndbname=orders\nuser=app\n'],
  ['a line that is too long', `[a]\ndbname=orders\nuser=app\npassword=${'x'.repeat(1100)}\n`],
  ['a comment that is too long', `#${'x'.repeat(1100)}\n[a]\ndbname=orders\nuser=app\n`],
  ['a long line behind the section', `[a]\ndbname=orders\nuser=app\n[b]\n#${'x'.repeat(1100)}\n`],
  ['a line of exactly the limit', `[a]\ndbname=orders\nuser=app\npassword=${'x'.repeat(1022 - 9 - 1)}\n`],
  ['a line one over it', `[a]\ndbname=orders\nuser=app\npassword=${'x'.repeat(1022 - 9)}\n`],
  ['an empty value', '[a]\ndbname=orders\nuser=app\npassword=\n'],
  ['a byte order mark', '\uFEFF[a]\ndbname=orders\nuser=app\n'],
  ['a form feed', '[a]\f\ndbname=orders\f\nuser=app\v\n'],
  ['shell and file words', '[a]\ndbname=$HOME\nuser=`id`\npassword=$X\n'],
]

describe('the service file', () => {
  let folder: string
  let trap: PasswordTrap
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-services-'))
    trap = await openPasswordTrap({ port: PORT })
  })
  afterAll(async () => {
    await trap.close()
    await rm(folder, { recursive: true, force: true })
  })

  const psqls = async (service: string, env: Record<string, string>) => {
    const { startup, password } = await trap.login(
      `service='${service}' hostaddr=127.0.0.1 port=${PORT} sslmode=disable`,
      { PGPASSFILE: '/nowhere', PGUSER: 'nobody', PGDATABASE: 'none', ...env },
    )
    return startup.size === 0 ? 'refused' : [startup.get('database'), startup.get('user'), password]
  }

  const ours = (name: string, ...contents: readonly string[]) => {
    const service = contents.flatMap(parseServiceFile).find((each) => each.name === name)
    if (service === undefined || service.error !== null) return 'refused'
    // An empty value is none, in a service as everywhere in libpq.
    const said = (key: string) => service.values.find((each) => each.key === key)?.value || undefined
    return [said('dbname') ?? 'none', said('user') ?? 'nobody', said('password') ?? null]
  }

  it.skipIf(noPsql !== undefined)(
    `is read as psql reads it, in ${ROWS.length} files`,
    { timeout: 60_000 },
    async () => {
      const outcomes = await Promise.all(
        ROWS.map(async ([what, content, service = 'a'], index) => {
          const file = join(folder, `row-${index}`)
          await writeFile(file, content)
          return {
            what,
            ours: ours(service, content),
            psql: await psqls(service, { PGSERVICEFILE: file, PGSYSCONFDIR: '/nowhere' }),
          }
        }),
      )

      expect(outcomes.map(({ what, ours }) => [what, ours])).toEqual(outcomes.map(({ what, psql }) => [what, psql]))
      expect(outcomes.filter(({ psql }) => psql === 'refused').length).toBeGreaterThan(10)
      expect(ROWS.length).toBeGreaterThanOrEqual(40)
    },
  )

  it.skipIf(noPsql !== undefined)("is the system's where the user's has no such service", async () => {
    const home = join(folder, 'home')
    const system = join(folder, 'system')
    await Promise.all([mkdir(home), mkdir(system)])
    const own = '[mine]\ndbname=own\n[both]\ndbname=own\n[broken]\nx\n'
    const common = '[theirs]\ndbname=system\n[both]\ndbname=system\n[broken]\ndbname=system\n'
    await writeFile(join(home, '.pg_service.conf'), own)
    await writeFile(join(system, 'pg_service.conf'), common)
    const names = ['mine', 'theirs', 'both', 'broken', 'neither']

    const found = names.map((name) => ours(name, own, common))

    const psql = await Promise.all(names.map((name) => psqls(name, { HOME: home, PGSYSCONFDIR: system })))
    expect(found).toEqual(psql)
    expect(found.map((each) => each[0])).toEqual(['own', 'system', 'own', 'r', 'r'])
  })

  it('names every service once, with what keeps it from being used', () => {
    const content =
      '[shop]\nhost=db\n[ldap]\nldap://host/dc=x\n[nested]\nservice=shop\n[shop]\nhost=other\n[odd]\nhots=db\n'

    const services = parseServiceFile(content)

    expect(services.map(({ name, line, values, error }) => [name, line, values.length, error])).toEqual([
      ['shop', 1, 1, null],
      ['ldap', 3, 0, { line: 4, message: 'It asks an LDAP server, which Strata does not.' }],
      ['nested', 5, 0, { line: 6, message: 'It names another service, which libpq does not allow here.' }],
      ['odd', 9, 0, { line: 10, message: '"hots" is no key word of libpq.' }],
    ])
  })
})
