import { describe, expect, it } from 'vitest'
import type { FoundSettings } from '../../contract/connection-options'
import { formatConnectionUrl, parseConnectionText } from '../../contract/connection-url'
import type { FoundTarget } from '../../contract/connection-words'
import { type Target, target } from '../../contract/profile'
import { TARGET_DEFAULTS } from '../../contract/profile-defaults'

function found(
  parts: FoundTarget,
  password: string | null = null,
  ignored: readonly string[] = [],
  more: { readonly settings?: FoundSettings; readonly keyPassphrase?: string } = {},
) {
  return { ok: true, found: parts, settings: {}, password, keyPassphrase: null, ignored, ...more }
}

const bob = { host: 'h', role: 'bob', database: 'd' }

describe('connection text', () => {
  it.each<[string, string, ReturnType<typeof found>]>([
    // URLs
    ['a whole URL', 'postgres://bob:secret@h:5433/d', found({ ...bob, port: 5433 }, 'secret')],
    ['the other scheme', 'postgresql://bob@h/d', found(bob)],
    ['a scheme in capitals', 'PostgreSQL://bob@h/d', found(bob)],
    ['spaces around the text', ' \n postgres://bob@h/d\r\n', found(bob)],
    ['quotes around the text', '"postgres://bob@h/d"', found(bob)],
    ['a URL with only a host', 'postgres://h', found({ host: 'h' })],
    ['a URL with only a database', 'postgres:///d', found({ database: 'd' })],
    ['a URL with an empty port and password', 'postgres://bob:@h:/d', found(bob)],
    [
      'percent signs',
      'postgres://b%C3%B6b:p%40%2F%3A%25@h/my%20db',
      found({ host: 'h', role: 'böb', database: 'my db' }, 'p@/:%'),
    ],
    ['a colon in the password', 'postgres://bob:a:b@h/d', found(bob, 'a:b')],
    ['a plus sign, which is no space', 'postgres://bob:a+b@h/d', found(bob, 'a+b')],
    ['a # in the password', 'postgres://bob:a#b@h/d', found(bob, 'a#b')],
    ['a slash in the database name', 'postgres://bob@h/a/b', found({ host: 'h', role: 'bob', database: 'a/b' })],
    [
      'an IPv6 address',
      'postgres://bob@[2001:db8::1]:5433/d',
      found({ host: '2001:db8::1', port: 5433, role: 'bob', database: 'd' }),
    ],
    ['an IPv6 address with a zone', 'postgres://[fe80::1%25eth0]/d', found({ host: 'fe80::1%eth0', database: 'd' })],
    [
      'a socket folder as host',
      'postgres://bob@%2Fvar%2Frun%2Fpostgresql/d',
      found({ host: '/var/run/postgresql', role: 'bob', database: 'd' }),
    ],
    [
      'a socket folder in the query',
      'postgres:///d?host=/var/run/postgresql&user=bob',
      found({ host: '/var/run/postgresql', role: 'bob', database: 'd' }),
    ],
    [
      'sslmode and sslrootcert',
      'postgres://bob@h/d?sslmode=verify-ca&sslrootcert=/ca.pem',
      found({ ...bob, tlsMode: 'verify-ca', rootCertificate: '/ca.pem' }),
    ],
    [
      'sslrootcert=system',
      'postgres://bob@h/d?sslrootcert=system',
      found({ ...bob, tlsMode: 'verify-full', rootCertificate: 'system' }),
    ],
    ['ssl=true, which libpq reads as require', 'postgres://bob@h/d?ssl=true', found({ ...bob, tlsMode: 'require' })],
    [
      'a JDBC URL',
      'jdbc:postgresql://h/d?user=bob&password=x&ssl=true',
      found({ ...bob, tlsMode: 'verify-full' }, 'x'),
    ],
    ['an SQLAlchemy URL', 'postgresql+psycopg://bob:x@h/d', found(bob, 'x')],
    ['a line of an environment file', 'export DATABASE_URL="postgres://bob:x@h/d"', found(bob, 'x')],
    ['a trailing ? and empty pairs', 'postgres://bob@h/d?&&', found(bob)],
    // keywords
    ['keywords', 'host=h port=5433 dbname=d user=bob password=x', found({ ...bob, port: 5433 }, 'x')],
    ['keywords with spaces around =', "host = h  dbname\t=\t'd'\nuser=bob", found(bob)],
    [
      'quoted keyword values',
      "host=h dbname='my db' password='it\\'s \\\\ \"x\"'",
      found({ host: 'h', database: 'my db' }, 'it\'s \\ "x"'),
    ],
    ['a backslash in an unquoted value', 'host=h password=a\\ b', found({ host: 'h' }, 'a b')],
    ['an empty keyword value', "host=h password=''", found({ host: 'h' })],
    ['a # in a keyword value', 'host=h password=a#b', found({ host: 'h' }, 'a#b')],
    ['the same keyword twice with one value', 'host=h host=h', found({ host: 'h' })],
    ['sslmode among keywords', 'host=h sslmode=disable', found({ host: 'h', tlsMode: 'disable' })],
    ['the TLS mode allow', 'host=h sslmode=allow', found({ host: 'h', tlsMode: 'allow' })],
    [
      'everything else of TLS',
      'host=h sslcert=/c sslkey=/k sslpassword=hush sslcrl=/r sslnegotiation=direct channel_binding=require require_auth=md5,scram-sha-256',
      found(
        {
          host: 'h',
          clientCertificate: '/c',
          clientKey: '/k',
          revocationList: '/r',
          tlsNegotiation: 'direct',
          channelBinding: 'require',
          authenticationMethods: ['scram-sha-256', 'md5'],
        },
        null,
        [],
        { keyPassphrase: 'hush' },
      ),
    ],
    [
      'ways to log in that are refused',
      'host=h require_auth=!password,!none',
      found({ host: 'h', authenticationMethods: ['scram-sha-256', 'md5'] }),
    ],
    [
      'server options that a profile holds',
      "host=h keepalives_idle=30 options='-c search_path=app,public -cstatement_timeout=5s --lock-timeout=250 -c role=boss -c default_transaction_read_only=on'",
      found({ host: 'h' }, null, [], {
        settings: {
          keepaliveSeconds: 30,
          searchPath: 'app,public',
          statementTimeoutMs: 5000,
          lockTimeoutMs: 250,
          roleToSet: 'boss',
          isReadOnly: true,
        },
      }),
    ],
    // psql
    ['psql options', 'psql -h h -p 5433 -U bob -d d', found({ ...bob, port: 5433 })],
    ['psql options without spaces', 'psql -hh -p5433 -Ubob -dd', found({ ...bob, port: 5433 })],
    ['psql long options', 'psql --host=h --port 5433 --username=bob --dbname d', found({ ...bob, port: 5433 })],
    ['psql arguments', 'psql -h h d bob', found(bob)],
    ['psql arguments before options', 'psql d -h h bob', found(bob)],
    ['psql arguments behind --', 'psql -h h -- d bob', found(bob)],
    ['a psql argument behind -d, which is the role', 'psql -h h -d d bob', found(bob)],
    ['psql with a URL', 'psql "postgres://bob:x@h/d?sslmode=require"', found({ ...bob, tlsMode: 'require' }, 'x')],
    ['psql with keywords', "psql -d 'host=h dbname=d user=bob'", found(bob)],
    ['psql with combined flags', "psql -XAtqh h -c 'select 1' d bob", found(bob, null, ['-c'])],
    ['psql with a path and a prompt', '$ /usr/lib/postgresql/17/bin/psql -h h d bob', found(bob)],
    [
      'psql behind variables of its own line',
      "PGPASSWORD='a b' PGSSLMODE=require psql -h h d bob",
      found({ ...bob, tlsMode: 'require' }, 'a b'),
    ],
    ['psql on several lines', 'psql -h h \\\n  -U bob \\\n  d', found(bob)],
    ['psql on several lines as a text field pastes them', 'psql -h h \\   -U bob \\   d', found(bob)],
    ['psql on Windows', '"C:\\\\pg\\\\bin\\\\psql.exe" -h h d bob', found(bob)],
  ])('reads %s', (_name, text, expected) => {
    expect(parseConnectionText(text)).toEqual(expected)
  })

  it.each<[string, string, ReturnType<typeof found>]>([
    ['a host in the query', 'postgres://bob@h/d?host=evil', found(bob, null, ['host=evil'])],
    ['a percent-encoded key', 'postgres://bob@h/d?%68ost=evil', found(bob, null, ['host=evil'])],
    ['an address in the query', 'postgres://bob@h/d?hostaddr=203.0.113.9', found(bob, null, ['hostaddr=203.0.113.9'])],
    [
      'everything else in the query',
      'postgres://bob:x@h:1/d?user=eve&password=y&port=2&dbname=e',
      found({ ...bob, port: 1 }, 'x', ['user=eve', 'password', 'port=2', 'dbname=e']),
    ],
    ['an address among keywords', 'host=h hostaddr=203.0.113.9', found({ host: 'h' }, null, ['hostaddr=203.0.113.9'])],
    [
      'server options that no profile holds, without their values',
      "host=h options='-c shared_preload_libraries=hush --work-mem=1 -x /etc/passwd'",
      found({ host: 'h' }, null, [
        'options shared_preload_libraries',
        'options work_mem',
        'options -x',
        'options of another form',
      ]),
    ],
    [
      'a server option with a value that is none',
      "host=h options='-c statement_timeout=0 -c search_path=a;drop'",
      found({ host: 'h' }, null, ['options statement_timeout', 'options search_path']),
    ],
    [
      'files and services, by name alone',
      'host=h passfile=/x service=y sslkeylogfile=/z',
      found({ host: 'h' }, null, ['passfile', 'service', 'sslkeylogfile']),
    ],
    [
      'a way to log in that is not supported',
      'host=h require_auth=gss',
      found({ host: 'h' }, null, ['require_auth=gss']),
    ],
    ['a TLS mode of another driver', 'postgres://bob@h/d?sslmode=no-verify', found(bob, null, ['sslmode=no-verify'])],
    [
      'words of an object prototype',
      'postgres://h/d?__proto__=1&constructor=2',
      found({ host: 'h', database: 'd' }, null, ['__proto__', 'constructor']),
    ],
    [
      'a key that draws backwards',
      'postgres://h/d?%E2%80%AEtsoh=x',
      found({ host: 'h', database: 'd' }, null, [' tsoh']),
    ],
    ['variables that options overrule', 'PGHOST=evil psql -h h', found({ host: 'h' }, null, ['host=evil'])],
    ['variables that mean nothing here', 'LANG=C psql -h h', found({ host: 'h' }, null, ['LANG'])],
    ['unknown psql options', 'psql --magic -h h -k', found({ host: 'h' }, null, ['--magic', '-k'])],
    ['a file that psql would run', 'psql -h h -f /etc/passwd', found({ host: 'h' }, null, ['-f'])],
  ])('names %s as ignored', (_name, text, expected) => {
    expect(parseConnectionText(text)).toEqual(expected)
  })

  it.each<[string, string, RegExp]>([
    ['nothing', '  ', /empty/],
    ['something else', 'https://example.net/d', /^Not a connection/],
    ['a word', 'localhost', /^Not a connection/],
    ['an overlong text', `postgres://h/${'x'.repeat(20_000)}`, /too long/],
    ['several hosts', 'postgres://a:1,b:2/d', /several hosts/],
    ['several hosts among keywords', 'host=a,b dbname=d', /several hosts/],
    ['several IPv6 hosts', 'postgres://[::1],[::2]/d', /several hosts/],
    ['several ports', 'host=a port=1,2', /several ports/],
    ['a port out of range', 'postgres://h:65536/d', /1 to 65535/],
    ['a port of 0', 'psql -h h -p 0', /1 to 65535/],
    ['a port in words', 'postgres://h:http/d', /1 to 65535/],
    ['a password with an @', 'postgres://bob:a@b@h/d', /@ as %40/],
    ['a password with a /', 'postgres://bob:a/b@h/d', /\/ as %2F/],
    ['a password with a ?', 'postgres://bob:a?b@h/d', /\? as %3F/],
    ['a lone percent sign', 'postgres://bob:100%@h/d', /%25/],
    ['bytes that are not UTF-8', 'postgres://bob:%FF@h/d', /UTF-8/],
    ['an open bracket', 'postgres://[::1/d', /never closed/],
    ['a bracket around a name', 'postgres://[localhost]/d', /IPv6/],
    ['something behind the bracket', 'postgres://[::1]x/d', /Behind the \]/],
    ['a NUL in the database', 'postgres://h/postgres%00options%00-c', /control character/],
    ['a line break in the role', 'postgres://a%0Ab@h/d', /control character/],
    ['a raw control character', 'postgres://h/d\u0007e', /control character/],
    ['a space in a URL', 'postgres://h/my db', /%20/],
    ['a host that draws backwards', 'host=good\u202Etendab', /characters that a host name cannot have/],
    ['a host with spaces', "host='a dbname=b'", /characters that a host name cannot have/],
    ['a connection string as database name', "host=h dbname='postgres://evil/d'", /looks like a URL/],
    ['a URL in typographic quotes', 'psql “postgres://bob:x@h/d”', /looks like a URL/],
    ['a placeholder', 'postgres://bob:$' + '{PASSWORD}@h/d', /placeholder/],
    ['another placeholder', 'postgres://bob:[YOUR-PASSWORD]@h/d', /placeholder/],
    ['a role over the limit', `host=h user=${'x'.repeat(64)}`, /longer than 63/],
    ['system roots with a weaker mode', 'host=h sslmode=require sslrootcert=system', /verify-full/],
    ['a keyword twice with two values', 'host=safe host=evil', /host is given twice/],
    ['a TLS mode twice', 'postgres://h/d?sslmode=verify-full&sslmode=disable', /sslmode is given twice/],
    ['an option against a URL', 'psql -h evil postgres://h/d', /host is given twice/],
    ['a keyword without =', 'host=h password=my secret', /without "="/],
    ['a quote left open', "host=h password='x", /never closed/],
    ['a variable', 'psql -h $HOST', /reads no variables/],
    ['a variable in double quotes', 'psql "postgres://bob:$PW@h/d"', /reads no variables/],
    ['a command in backticks', 'psql -h `hostname`', /reads no variables/],
    ['a second command', 'psql -h h; rm -rf /', /goes on behind psql/],
    ['a file sent to psql', 'psql -h h < dump.sql', /goes on behind psql/],
    ['an option without its value', 'psql -h h -p', /-p is missing/],
    ['a shell quote left open', "psql -h 'h", /never closed/],
    ['another program', 'pg_dump -h psql', /^Not a connection/],
    ['keywords that name nothing used', 'application_name=x', /names no part/],
  ])('refuses %s', (_name, text, message) => {
    expect(parseConnectionText(text)).toEqual({ ok: false, message: expect.stringMatching(message) })
  })

  it('never repeats a password in a message', () => {
    const texts = [
      'postgres://bob:hunter2/x@h/d',
      'postgres://bob:hunter2@x@h/d',
      'host=h password=a hunter2',
      "host=h password='hunter2",
    ]

    const messages = texts.map((text) => JSON.stringify(parseConnectionText(text)))

    expect(messages.filter((message) => message.includes('hunter2'))).toEqual([])
  })
})

describe('connection URL', () => {
  it.each<[string, FoundTarget, string]>([
    [
      'a plain target',
      { ...bob, port: 5432, tlsMode: 'verify-full', rootCertificate: null },
      'postgres://bob@h/d?sslmode=verify-full',
    ],
    [
      'all that TLS can say',
      {
        ...bob,
        rootCertificate: 'system',
        clientCertificate: '/c d',
        clientKey: '/k',
        revocationList: '/r',
        tlsNegotiation: 'direct',
        channelBinding: 'require',
        authenticationMethods: ['md5', 'password'],
      },
      'postgres://bob@h/d?sslrootcert=system&sslcert=%2Fc%20d&sslkey=%2Fk&sslcrl=%2Fr&sslnegotiation=direct&channel_binding=require&require_auth=md5%2Cpassword',
    ],
    ['a target with what is usual', { ...bob, ...TARGET_DEFAULTS }, 'postgres://bob@h/d'],
    ['another port', { ...bob, port: 5433 }, 'postgres://bob@h:5433/d'],
    ['a socket folder', { host: '/tmp', role: 'bob', database: 'd' }, 'postgres://bob@%2Ftmp/d'],
    ['an IPv6 address', { host: '::1', role: 'bob', database: 'd' }, 'postgres://bob@[::1]/d'],
    [
      'names with signs of their own',
      { host: 'h', role: 'a@b:c', database: 'x/y?z#%' },
      'postgres://a%40b%3Ac@h/x%2Fy%3Fz%23%25',
    ],
  ])('writes %s', (_name, parts, url) => {
    expect(formatConnectionUrl(parts)).toBe(url)
  })

  it('reads back to the same target', () => {
    const targets = [
      { host: 'h', port: 5433, database: 'a b/ü', role: 'r@%', tlsMode: 'verify-ca', rootCertificate: '/a b/ca.pem' },
      { host: 'fe80::1%eth0', port: 1, database: 'd', role: 'r', tlsMode: 'prefer', channelBinding: 'disable' },
      { host: '/var/run/postgresql', port: 65535, database: "it's", role: '"x"', tlsMode: 'allow' },
    ].map((each): Target => target.parse({ ...TARGET_DEFAULTS, ...each }))

    const read = targets.map((each) => {
      const text = parseConnectionText(formatConnectionUrl(each))
      return text.ok ? { ...TARGET_DEFAULTS, ...text.found } : text
    })

    expect(read).toEqual(targets)
  })
})
