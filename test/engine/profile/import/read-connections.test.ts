import { describe, expect, it } from 'vitest'
import { readConnections } from '../../../../electron/engine/profile/import/read-connections'
import { aProfile } from './profiles'
import { findingsOf, secretsOf, summaryOf, withReferences } from './summary'

const COMPOSE = `services:
  postgres:
    image: postgres:16
    container_name: shop-db
    ports:
      - "5433:5432"
    volumes:
      - ./data:/var/lib/postgresql/data
    environment:
      - POSTGRES_PASSWORD=secret
      - POSTGRES_USER=admin
      - POSTGRES_DB=mathbyte
  web:
    build: .
    environment:
      DATABASE_URL: postgres://admin:secret@postgres:5432/mathbyte
      REPORTS_DATABASE_URL: postgres://reader:r3ad@reports.example.com/reports
`

const DBEAVER = JSON.stringify({
  folders: { Prod: {}, 'Prod/EU': { parent: 'Prod' } },
  connections: {
    'postgres-jdbc-1': {
      provider: 'postgresql',
      driver: 'postgres-jdbc',
      name: 'billing',
      'save-password': true,
      'read-only': true,
      folder: 'Prod/EU',
      configuration: {
        host: 'db.example.com',
        port: '5433',
        database: 'billing',
        url: 'jdbc:postgresql://db.example.com:5433/billing',
        configurationType: 'MANUAL',
        type: 'prod',
        'auth-model': 'native',
        handlers: {
          postgre_ssl: {
            type: 'CONFIG',
            enabled: true,
            properties: { sslMode: 'verify-full', 'ssl.ca.cert': '/ca.pem' },
          },
          ssh_tunnel: {
            type: 'TUNNEL',
            enabled: true,
            properties: {
              host: 'bastion.example.com',
              port: '2222',
              authType: 'PUBLIC_KEY',
              keyPath: '/keys/id_ed25519',
              userName: 'deploy',
              'jumpServer0.enabled': true,
              'jumpServer0.host': 'gate.example.com',
              'jumpServer0.port': 22,
              'jumpServer0.authType': 'AGENT',
            },
          },
        },
      },
    },
    'mysql8-1': { provider: 'mysql', driver: 'mysql8', name: 'shop', configuration: { url: 'jdbc:mysql://shop/shop' } },
    'postgres-2': {
      provider: 'postgresql',
      name: 'by URL',
      configuration: {
        url: 'jdbc:postgresql://localhost/app?ssl=true',
        configurationType: 'URL',
        'auth-properties': { userName: 'app', userPassword: 'p4ss' },
        handlers: { ssh_tunnel: { enabled: false, properties: { host: 'unused' } } },
      },
    },
  },
})

const PGADMIN = JSON.stringify({
  Servers: {
    '1': {
      Name: 'Local',
      Group: 'Servers',
      Host: 'localhost',
      Port: 5432,
      MaintenanceDB: 'postgres',
      Username: 'postgres',
      UseSSHTunnel: 0,
      TunnelPort: '22',
      TunnelAuthentication: 0,
      KerberosAuthentication: false,
      ConnectionParameters: { sslmode: 'prefer', connect_timeout: 10 },
    },
    '2': {
      Name: 'Staging',
      Group: 'Shop',
      Host: '10.0.0.5',
      Port: 5433,
      MaintenanceDB: 'shop',
      Username: 'app',
      SSLMode: 'verify-ca',
      UseSSHTunnel: 1,
      TunnelHost: 'bastion',
      TunnelPort: '22',
      TunnelUsername: 'me',
      TunnelAuthentication: 1,
      TunnelIdentityFile: '/keys/key',
      ConnectionParameters: { sslrootcert: '/ca.pem', sslcert: '<STORAGE_DIR>/.postgresql/postgresql.crt' },
      PasswordExecCommand: 'touch /tmp/owned',
    },
  },
})

describe('connections of a file', () => {
  it.each<[string, string, string, string[]]>([
    [
      'libpq variables',
      '.env',
      'PGHOST=db.example.com\nPGPORT=5433\nPGUSER=app\nPGPASSWORD=x\nPGDATABASE=shop\nPGSSLMODE=require\n',
      ['app@db.example.com:5433/shop require + password'],
    ],
    [
      'DB_ variables with DB_PASS',
      '.env',
      'SECRET_KEY=abc\nDB_HOST=172.16.255.2\nDB_USER=postgres\nDB_PASS=postgres\nDB_PORT=5432\nDB_NAME=shop\n',
      ['postgres@172.16.255.2:5432/shop verify-full + password'],
    ],
    [
      'PG_ variables with quotes and comments',
      'settings.env',
      '# database\nexport PG_HOST="localhost" # here\nPG_USER=\'app\'\nPG_PASSWORD="a#b"\nPG_DATABASE=shop # there\n',
      ['app@localhost:5432/shop prefer + password'],
    ],
    [
      'variables of two prefixes as one connection',
      '.env',
      'POSTGRES_USER=app\nPOSTGRES_PASSWORD=x\nPOSTGRES_DB=shop\nDB_HOST=localhost\nDB_PORT=5433\n',
      ['app@localhost:5433/shop prefer + password'],
    ],
    [
      'variables of a test database apart from the others',
      '.env',
      'DB_HOST=a\nDB_USER=u\nDB_NAME=d\nTEST_DB_HOST=b\nTEST_DB_USER=u\nTEST_DB_NAME=t\n',
      ['u@a:5432/d verify-full', 'u@b:5432/t verify-full'],
    ],
    [
      'contradicting prefixes as two connections',
      '.env',
      'DB_HOST=a\nDB_USER=u\nDB_NAME=d\nPGHOST=b\nPGUSER=u\nPGDATABASE=d\n',
      ['u@a:5432/d verify-full', 'u@b:5432/d verify-full'],
    ],
    [
      'URLs under any name',
      '.env.production',
      'DATABASE_URL="postgresql+psycopg2://app:x@db.example.com/shop?sslmode=require"\nDIRECT_URL=postgres://app:x@direct/shop\n',
      ['app@db.example.com:5432/shop require + password', 'app@direct:5432/shop verify-full + password'],
    ],
    [
      'a URL made of variables of the same file',
      '.env',
      'POSTGRES_USER=app\nPOSTGRES_PASSWORD=x\nPOSTGRES_DB=shop\nPOSTGRES_HOST=h\nDATABASE_URL=postgres://@{POSTGRES_USER}:@{POSTGRES_PASSWORD}@@{POSTGRES_HOST}:@{POSTGRES_PORT:-5433}/@{POSTGRES_DB}\n',
      ['app@h:5433/shop verify-full + password', 'app@h:5432/shop verify-full + password'],
    ],
    ['nothing of another database', '.env', 'DB_CONNECTION=mysql\nDB_HOST=h\nDB_DATABASE=d\nDB_USERNAME=u\n', []],
    [
      'a Compose file, by the port that is published',
      'docker-compose.yml',
      COMPOSE,
      [
        'admin@localhost:5433/mathbyte prefer + password',
        'reader@reports.example.com:5432/reports verify-full + password',
      ],
    ],
    [
      'the forms in which Compose publishes a port',
      'compose.yaml',
      [
        '"5432:5432"',
        '127.0.0.1:5434:5432/tcp',
        '"[::1]:5435:5432"',
        '"@{P:-5436}:5432"',
        '{target: 5432, published: "5437"}',
      ]
        .map(
          (port, at) =>
            `  db${at}:\n    image: "docker.io/library/postgres:1${at}"\n    ports: [${port}]\n    environment: {POSTGRES_PASSWORD: x}\n`,
        )
        .join('')
        .replace(/^/, 'services:\n'),
      [
        'postgres@localhost:5432/postgres prefer + password',
        'postgres@127.0.0.1:5434/postgres prefer + password',
        'postgres@::1:5435/postgres prefer + password',
        'postgres@localhost:5436/postgres prefer + password',
        'postgres@localhost:5437/postgres prefer + password',
      ],
    ],
    [
      'images of PostgreSQL, and not those of its tools',
      'compose.yml',
      [
        'postgis/postgis:16-3.4',
        'timescale/timescaledb:latest-pg16',
        'pgvector/pgvector:pg16',
        'bitnami/postgresql',
        'dpage/pgadmin4',
        'postgrest/postgrest',
        'edoburu/pgbouncer',
        'prometheuscommunity/postgres-exporter',
      ]
        .map((image, at) => `  s${at}: {image: "${image}", ports: ["500${at}:5432"]}\n`)
        .join('')
        .replace(/^/, 'services:\n'),
      [0, 1, 2, 3].map((at) => `postgres@localhost:500${at}/postgres prefer`),
    ],
    [
      'a service without a published port, which is missing its host',
      'compose.yml',
      'services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: x\n',
      ['postgres@?:?/postgres ? + password (1 problem)'],
    ],
    [
      'yoyo.ini',
      'yoyo.ini',
      '[DEFAULT]\nsources = %(here)s/migrations\ndatabase = postgresql+psycopg://admin:secret@localhost/mathbyte?port=5432\nbatch_mode = off\n',
      ['admin@localhost:5432/mathbyte prefer + password'],
    ],
    [
      'yoyo.ini with values of its own and a %%',
      'yoyo.ini',
      '[DEFAULT]\ndb_host = db.example.com\npw = a%%40b\ndatabase = postgresql://admin:%(pw)s@%(db_host)s/shop\n',
      ['admin@db.example.com:5432/shop verify-full + password'],
    ],
    [
      'alembic.ini',
      'alembic.ini',
      '[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql+psycopg2://testuser:testpassword@localhost:5439/testuser\n\n[loggers]\nkeys = root,sqlalchemy\n',
      ['testuser@localhost:5439/testuser prefer + password'],
    ],
    [
      'alembic.ini of several databases',
      'alembic.ini',
      '[alembic]\ndatabases = one, two\n[one]\nsqlalchemy.url = postgresql://u@a/d\n[two]\nsqlalchemy.url = postgresql://u@b/d\n',
      ['u@a:5432/d verify-full', 'u@b:5432/d verify-full'],
    ],
    [
      "a service file, by libpq's rules",
      'pg_service.conf',
      '# services\n[shop]\n  host=db.example.com  \nport=5433\nuser=app\npassword=x\ndbname=shop\nport=1\n[shop]\nhost=other\n[local]\nhost=/var/run/postgresql\nuser=me\n',
      ['app@db.example.com:5433/shop verify-full + password', 'me@/var/run/postgresql:5432/me prefer'],
    ],
    [
      "DBeaver's file",
      'data-sources.json',
      DBEAVER,
      [
        '?@db.example.com:5433/billing verify-full via gate.example.com, bastion.example.com',
        'app@localhost:5432/app verify-full + password',
      ],
    ],
    [
      "pgAdmin's file",
      'servers.json',
      PGADMIN,
      ['postgres@localhost:5432/postgres prefer', 'app@10.0.0.5:5433/shop verify-ca via bastion (1 problem)'],
    ],
    [
      'a psql command on several lines',
      '',
      'PGPASSWORD=x psql -h db.example.com \\\n  -U app -p 5433 \\\n  shop\n',
      ['app@db.example.com:5433/shop verify-full + password'],
    ],
    [
      'notes with a URL and a command among other lines',
      'notes.txt',
      'The database:\n\npostgres://app:x@h/shop\nor\n$ psql -h other -U app shop\n',
      ['app@h:5432/shop verify-full + password', 'app@other:5432/shop verify-full'],
    ],
    ['libpq keywords on several lines', '', 'host=h\nuser=app\ndbname=shop\n', ['app@h:5432/shop verify-full']],
  ])('are those of %s', (_name, fileName, text, expected) => {
    expect(summaryOf(findingsOf(fileName, withReferences(text)))).toEqual(expected)
  })

  it('keep passwords exactly as they stand', () => {
    const texts: [string, string][] = [
      ['.env', 'PGHOST=h\nPGPASSWORD="a # b"\nPGUSER=u'],
      ['.env', "PGHOST=h\nPGPASSWORD='@{NOT} $(a) `b`'\nPGUSER=u"],
      ['.env', 'PGHOST=h\nPGPASSWORD=a$b%c\nPGUSER=u'],
      [
        'compose.yml',
        'services:\n  db:\n    image: postgres\n    ports: ["1:5432"]\n    environment:\n      POSTGRES_PASSWORD: 0123\n',
      ],
      [
        'compose.yml',
        'services:\n  db:\n    image: postgres\n    ports: ["1:5432"]\n    environment:\n      - POSTGRES_PASSWORD=a$$b=c\n',
      ],
      ['yoyo.ini', '[DEFAULT]\ndatabase = postgresql://u:p%%25%%40@h/d\n'],
      ['.pg_service.conf', '[a]\nhost=h\npassword= with space\n'],
    ]

    const secrets = texts.map(([fileName, text]) => secretsOf(fileName, withReferences(text)))

    expect(secrets).toEqual([
      ['a # b'],
      [withReferences('@{NOT} $(a) `b`')],
      ['a$b%c'],
      ['0123'],
      ['a$b=c'],
      ['p%@'],
      [' with space'],
    ])
  })

  it('bring their folders, names, read-only mark and tunnel', () => {
    const [billing] = findingsOf('data-sources.json', DBEAVER)
    const [, staging] = findingsOf('servers.json', PGADMIN)

    expect(billing).toMatchObject({
      name: 'billing',
      folder: 'Prod/EU',
      environment: 'production',
      settings: { isReadOnly: true },
      missing: ['role'],
      target: {
        rootCertificate: '/ca.pem',
        tunnel: [
          { host: 'gate.example.com', port: 22, user: null, authentication: 'agent', keyFile: null },
          {
            host: 'bastion.example.com',
            port: 2222,
            user: 'deploy',
            authentication: 'key',
            keyFile: '/keys/id_ed25519',
          },
        ],
      },
      ignored: [{ name: 'password', reason: expect.stringContaining('encrypted') }],
    })
    expect(staging).toMatchObject({
      name: 'Staging',
      folder: 'Shop',
      environment: 'staging',
      target: { rootCertificate: '/ca.pem' },
      ignored: [{ name: 'PasswordExecCommand', reason: expect.stringContaining('Strata runs nothing') }],
    })
  })

  it.each<[string, string, string]>([
    ["by the word in the file's name", '.env.production', 'production'],
    ["by the word in the file's name, on this computer too", 'prod.env', 'production'],
    ['as staging', '.env.staging', 'staging'],
    ['as local on this computer', '.env', 'local'],
  ])('are taken for their environment %s', (_name, fileName, expected) => {
    const [finding] = findingsOf(fileName, 'PGHOST=localhost\nPGUSER=product\n')

    expect(finding?.environment).toBe(expected)
  })

  it('are not local through a tunnel, and development elsewhere', () => {
    const tunnelled = findingsOf('servers.json', PGADMIN.replace('10.0.0.5', 'localhost').replace('Staging', 'Two'))
    const elsewhere = findingsOf('.env', 'PGHOST=10.1.1.1\nPGUSER=u\n')

    expect([tunnelled[1]?.environment, elsewhere[0]?.environment]).toEqual(['development', 'development'])
  })

  it('say what was assumed', () => {
    const [finding] = findingsOf('.env', 'PGUSER=app\nPGPASSWORD=x\n')

    expect(finding?.assumed).toEqual(['host', 'port', 'database', 'tlsMode'])
  })

  it('say where they stand', () => {
    const places = [
      ...findingsOf('.env', '\nA=1\nDB_HOST=h\nDB_USER=u\n'),
      ...findingsOf('docker-compose.yml', COMPOSE),
      ...findingsOf('yoyo.ini', '[DEFAULT]\n\ndatabase = postgres://u@h/d\n'),
    ].map(({ place, line }) => [place, line])

    expect(places).toEqual([
      ['DB_HOST, DB_USER', 3],
      ['service postgres', 2],
      ['service web, REPORTS_DATABASE_URL', 17],
      ['database in [DEFAULT]', 3],
    ])
  })

  it('are marked when a saved profile leads there', () => {
    const saved = aProfile({ host: 'H', port: 5432, database: 'd', role: 'u' })

    const findings = findingsOf('', 'postgres://u@h/d\npostgres://u@h/e', [saved])

    expect(findings.map(({ savedAs }) => savedAs?.name ?? null)).toEqual([saved.name, null])
  })

  it('name what is not used, with the reason', () => {
    const [finding] = findingsOf(
      '',
      'postgres://u@h/d?application_name=x&connect_timeout=1&hostaddr=10.0.0.1&nonsense=hush',
    )

    expect(finding?.ignored).toEqual([
      { name: 'application_name', reason: 'Strata names its sessions itself.' },
      { name: 'connect_timeout', reason: 'Strata has its own limit.' },
      { name: 'hostaddr=10.0.0.1', reason: 'Strata connects to the host by its name.' },
      { name: 'nonsense', reason: 'Not a parameter that Strata uses.' },
    ])
  })

  it('say when others could read along', () => {
    const noted = ['h?sslmode=prefer', 'h?sslmode=require', 'localhost?sslmode=disable'].map(
      (rest) => findingsOf('', `postgres://u@${rest.replace('?', '/d?')}`)[0]?.notes.length,
    )

    expect(noted).toEqual([1, 0, 0])
  })

  it('say that an unquoted # is read in two ways', () => {
    const [finding] = findingsOf('.env', 'PGHOST=h\nPGUSER=u\nPGPASSWORD=ab#cd\n')

    expect(finding?.notes).toEqual([
      { line: 3, message: expect.stringContaining('PGPASSWORD holds a # without quotes') },
    ])
    expect(secretsOf('.env', 'PGHOST=h\nPGUSER=u\nPGPASSWORD=ab#cd\n')).toEqual(['ab#cd'])
  })

  it('are cut at 200', () => {
    const text = Array.from({ length: 250 }, (_, at) => `postgres://u@h${at}/d`).join('\n')

    const { connections, isCut } = readConnections('', text)

    expect([connections.length, isCut]).toEqual([200, true])
  })
})
