import { describe, expect, it } from 'vitest'
import { hideSecrets, maskPlain, maskScript } from '../../contract/mask-secrets'

/** Every one holds `hunter2` as a secret, however spelled; the second is what is left of it. */
const MASKED: readonly (readonly [script: string, masked: string])[] = [
  ["alter role bob password 'hunter2'", "alter role bob password '•••'"],
  [
    "CREATE ROLE bob LOGIN PASSWORD 'hunter2' VALID UNTIL '2030-01-01'",
    "CREATE ROLE bob LOGIN PASSWORD '•••' VALID UNTIL '2030-01-01'",
  ],
  ["create user bob with encrypted password 'hunter2'", "create user bob with encrypted password '•••'"],
  ["alter user bob password E'hunter2\\'s'", "alter user bob password E'•••'"],
  ["alter user bob password e'h\\165nter2'", "alter user bob password e'•••'"],
  ["alter user bob password U&'h\\0075nter2'", "alter user bob password U&'•••'"],
  ["alter user bob password U&'h!0075nter2' UESCAPE '!'", "alter user bob password U&'•••' UESCAPE '!'"],
  ['alter user bob password $$hunter2$$', 'alter user bob password $$•••$$'],
  ['alter user bob password $q$hunter2$q$', 'alter user bob password $q$•••$q$'],
  ["alter user bob password 'it''s hunter2; drop'", "alter user bob password '•••'"],
  ["alter user bob password 'hun'\n  'ter2'", "alter user bob password '•••'\n  '•••'"],
  ["alter user bob password /* not 'this' */ 'hunter2'", "alter user bob password /* not 'this' */ '•••'"],
  ["alter user bob password -- the 'new' one\n 'hunter2'", "alter user bob password -- the 'new' one\n '•••'"],
  ["alter\n role bob\n PASSWORD\n'hunter2'", "alter\n role bob\n PASSWORD\n'•••'"],
  ['alter role bob password hunter2', 'alter role bob password •••'],
  ['alter role bob password "hunter2";', 'alter role bob password •••;'],
  ["alter role bob password 'hunter2", "alter role bob password '•••"],
  ["select 1; alter role a password 'hunter2'; select 'x'", "select 1; alter role a password '•••'; select 'x'"],
  ["do $$ begin alter role bob password 'hunter2'; end $$", "do $$ begin alter role bob password '•••'; end $$"],
  [
    "do $$ begin execute 'alter role bob password ''hunter2'''; end $$",
    "do $$ begin execute 'alter role bob password ''•••'''; end $$",
  ],
  [
    "do $a$ begin execute $b$alter role bob password 'hunter2'$b$; end $a$",
    "do $a$ begin execute $b$alter role bob password '•••'$b$; end $a$",
  ],
  [
    "do $$ begin execute 'alter role x password ' || quote_literal('hunter2'); end $$",
    "do $$ begin execute 'alter role x password ' || quote_literal('•••'); end $$",
  ],
  [
    "select format('alter role %I password %L', 'bob', 'hunter2')",
    "select format('alter role %I password %L', '•••', '•••')",
  ],
  [
    "create user mapping for bob server s options (user 'bob', password 'hunter2')",
    "create user mapping for bob server s options (user 'bob', password '•••')",
  ],
  [
    "alter user mapping for bob server s options (set password 'hunter2')",
    "alter user mapping for bob server s options (set password '•••')",
  ],
  [
    `create user mapping for bob server s options ("password" 'hunter2')`,
    `create user mapping for bob server s options ("password" '•••')`,
  ],
  [
    "create subscription s connection 'host=h password=hunter2 user=a' publication p",
    "create subscription s connection 'host=h password=••• user=a' publication p",
  ],
  [
    'alter subscription s connection $$host=h password=hunter2$$',
    'alter subscription s connection $$host=h password=•••$$',
  ],
  [
    "create subscription s connection 'password = ''hunter2'' host=h' publication p",
    "create subscription s connection 'password = ''•••'' host=h' publication p",
  ],
  ["select dblink_connect('c', 'dbname=x password=hunter2')", "select dblink_connect('c', 'dbname=x password=•••')"],
  ["select dblink_connect(E'dbname=x\\npassword=hunter2')", "select dblink_connect(E'dbname=x\\npassword=•••')"],
  ["select dblink('postgres://bob:hunter2@h/db', 'select 1')", "select dblink('postgres://bob:•••@h/db', 'select 1')"],
  ["select 'postgresql://bob:hunt@er2@h/db?sslmode=require'", "select 'postgresql://bob:•••@h/db?sslmode=require'"],
  ['select 1 -- see postgres://bob:hunter2@h/db', 'select 1 -- see postgres://bob:•••@h/db'],
  ['postgres://bob:hunter2@h/db', 'postgres://bob:•••@h/db'],
  ["select 'https://bob:hunter2@example.com/x'", "select 'https://bob:•••@example.com/x'"],
  ["-- alter role bob password 'hunter2'\nselect 1", "-- alter role bob password '•••'\nselect 1"],
  ['/* password: hunter2 */ select 1', '/* password: ••• */ select 1'],
  ["set app.password = 'hunter2'", "set app.password = '•••'"],
  ["set app.api_key to 'hunter2'", "set app.api_key to '•••'"],
  ["select set_config('app.password', 'hunter2', false)", "select set_config('app.password', '•••', false)"],
  ["update users set password = 'hunter2' where id = 1", "update users set password = '•••' where id = 1"],
  [
    "update users set password_digest = crypt('hunter2', gen_salt('bf'))",
    "update users set password_digest = crypt('•••', gen_salt('•••'))",
  ],
  ["select * from users where hash = crypt('hunter2', hash)", "select * from users where hash = crypt('•••', hash)"],
  [
    "select pgp_sym_decrypt(body, 'hunter2') from notes where kind = 'x'",
    "select pgp_sym_decrypt(body, '•••') from notes where kind = 'x'",
  ],
  [
    "insert into users (name, password) values ('bob', 'hunter2'), ('ann', md5('hunter2'))",
    "insert into users (name, password) values ('bob', '•••'), ('ann', md5('•••'))",
  ],
  [
    `insert into settings values ('{"host": "h", "password": "hunter2"}')`,
    `insert into settings values ('{"host": "h", "password": "•••"}')`,
  ],
  ["select * from users where data->>'password' = 'hunter2'", "select * from users where data->>'password' = '•••'"],
  ["call set_password('hunter2')", "call set_password('•••')"],
  ["select f(user_password => 'hunter2', n => 'x')", "select f(user_password => '•••', n => 'x')"],
  ['\\set password hunter2\nselect 1', '\\set password •••\nselect 1'],
  ['\\c postgres://bob:hunter2@h/db\nselect 1', '\\c postgres://bob:•••@h/db\nselect 1'],
  ["alter role bob password'hunter2'", "alter role bob password'•••'"],
  [
    "select dblink_connect_u('c', format('host=%s password=%s', 'h', 'hunter2'))",
    "select dblink_connect_u('c', format('host=%s password=%s', '•••', '•••'))",
  ],
  [
    "create server s foreign data wrapper w options (host 'h', password 'hunter2')",
    "create server s foreign data wrapper w options (host 'h', password '•••')",
  ],
  [
    "alter system set primary_conninfo = 'host=h password=hunter2'",
    "alter system set primary_conninfo = 'host=h password=•••'",
  ],
  ["copy t to program 'PGPASSWORD=hunter2 psql -f -'", "copy t to program 'PGPASSWORD=••• psql -f -'"],
  [
    "do $$ declare v_password text := 'hunter2'; begin null; end $$",
    "do $$ declare v_password text := '•••'; begin null; end $$",
  ],
  [
    "do $$ begin execute 'alter role x password ''' || 'hunter2' || ''''; end $$",
    "do $$ begin execute 'alter role x password ''' || '•••' || '•••'; end $$",
  ],
  ["select concat('alter role x password ''', 'hunter2')", "select concat('alter role x password ''', '•••')"],
  [`select $j$ {"password":"hunter2"} $j$`, `select $j$ {"password":"•••"} $j$`],
  ["select '<password>hunter2</password>'::xml", "select '<password>•••</password>'::xml"],
  ["select 'Authorization: Bearer hunter2hunter2'", "select 'Authorization: Bearer •••'"],
  [
    "select '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----'",
    "select '-----BEGIN RSA PRIVATE KEY-----•••-----END RSA PRIVATE KEY-----'",
  ],
  ["select 'postgres://h/db?user=a&password=hunter2'", "select 'postgres://h/db?user=a&password=•••'"],
  [
    'copy users (name, password) from stdin;\nbob\thunter2\nann\thunter2\n\\.\n',
    'copy users (name, password) from stdin;\nbob\t•••\nann\t•••\n\\.\n',
  ],
  [
    'copy users (name, password) from stdin csv;\nbob,hunter2\n\\.\n',
    'copy users (name, password) from stdin csv;\n•••\n\\.\n',
  ],
]

const UNTOUCHED = [
  '-- basic statistics of the bearer of a token\nselect 1',
  'select 1',
  "select 'password' as label, 'x' as value",
  "comment on column users.password is 'the digest'",
  "create table users (name text default 'x', password text not null default 'x')",
  "create table tokens (kind text default 'x')",
  'alter role bob password null',
  'alter role bob password :new_password',
  "set password_encryption = 'scram-sha-256'",
  'select password, token from users where id = $1',
  'update users set password = $1 where name = $2',
  "select * from users where name = 'bob' and password is not null",
  "select 'http://example.com:8080/a@b'",
  'do $$ begin update users set password = new_password where id = 1; end $$',
  'select \'a quoted word\', "quoted name", $$dollars$$ -- and a comment',
]

describe('masking of secrets in scripts', () => {
  it.each(MASKED)('masks %s', (script, masked) => {
    expect(maskScript(script).text).toBe(masked)
  })

  it.each(MASKED)('leaves nothing of the secret in %s', (script) => {
    const { text, isMasked } = maskScript(script)

    expect({ isMasked, leaks: /hunter2|hunt@er2/.test(text) }).toEqual({ isMasked: true, leaks: false })
  })

  it.each(UNTOUCHED)('leaves %s as it is', (script) => {
    expect(maskScript(script)).toEqual({ text: script, isMasked: false, secrets: [] })
  })

  it('masks a text twice as it masks it once', () => {
    const once = MASKED.map(([script]) => maskScript(script).text)

    expect(once.map((text) => maskScript(text).text)).toEqual(once)
  })

  it('reads a backslash as an escape where strings are not standard', () => {
    expect(maskScript("alter role bob password 'a\\'hunter2'", false).text).toBe("alter role bob password '•••'")
  })

  it('hides in a message what it masked in its script', () => {
    const { secrets } = maskScript('alter role bob password hunter2')

    expect(hideSecrets('syntax error at or near "hunter2"', secrets)).toBe('syntax error at or near "•••"')
  })

  it.each(["password='", 'password(', "crypt('a',", 'a://b:', '$a$ ', "'a=1' ", 'x.y.', 'password= ', "a='b' ", '/* '])(
    'is not led astray by a hundred thousand characters of %s',
    (piece) => {
      const { text } = maskScript(`select '${piece.repeat(100_000 / piece.length)}`)

      expect(text).toMatch(/^select/)
    },
  )
})

describe('masking of secrets in other text', () => {
  it.each([
    ['could not connect to postgres://app:hunter2@h', 'could not connect to postgres://app:•••@h'],
    ['host=h password=hunter2 user=a', 'host=h password=••• user=a'],
    [`password = 'two words' user=a`, `password = '•••' user=a`],
    [`Error: failed: alter role bob password 'hunter2' | at x`, `Error: failed: alter role bob password '•••' | at x`],
    ["it isn't one", "it isn't one"],
  ])('masks %s', (line, masked) => {
    expect(maskPlain(line)).toBe(masked)
  })
})
