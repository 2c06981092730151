/** A number from 0 to 1. */
export type Random = () => number

/** One statement of a generated script with what stands behind its `;`. */
export interface GeneratedStatement {
  readonly text: string
  readonly behind: string
}

/** A valid statement with whatever may mislead a splitter; `depth` bounds how far it nests. */
export function generateStatement(random: Random, depth = 3): string {
  return pick(random, STATEMENTS)(random, depth)
}

/** What may stand between two tokens. It begins with a space, or with a comment in its place. */
export function generateTrivia(random: Random): string {
  let trivia = pick(random, [' ', '\n', '\r\n', '\t', ' ', '\r', '\f', ' \v', '/**/', '/* x */'])
  while (random() < 0.2) {
    trivia += pick(random, [
      ' -- it\'s ; "quoted" $$ /* \n',
      ' --\r\n',
      ' --;\r',
      ' /* ; \' " $x$ -- \n */ ',
      ' /* a /* b; */ ; */\n',
      ' /*/ */ ',
      ' /**//***//*;*/ ',
      '\n\n\t',
      ' /* é 😀 ; */ ',
      '\n--\n',
      ' /*\\;*/ ',
    ])
  }
  return trivia
}

type Make = (random: Random, depth: number) => string

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T
}

function list(random: Random, make: () => string, separator: string, most = 3): string {
  return Array.from({ length: 1 + Math.floor(random() * most) }, make).join(separator)
}

/** Tokens, each a text of its own, with trivia between them. */
function joined(random: Random, tokens: readonly string[]): string {
  return tokens.filter((token) => token !== '').join(random() < 0.5 ? ' ' : generateTrivia(random))
}

/** A template whose spaces become trivia and whose keywords change their case. */
function spread(random: Random, template: string): string {
  return joined(
    random,
    template.split(' ').map((word) => (random() < 0.3 ? word.toUpperCase() : word)),
  )
}

const NAMES: readonly string[] = [
  'a',
  'tbl',
  'a$b$c',
  '_x1',
  'é',
  'ünï$1',
  '名前',
  '"a;b"',
  '"it\'s"',
  '"a""b;"',
  '"$$"',
  '"--"',
  '"/*"',
  'U&"d;\\0061t"',
  '"begin"',
  '"😀"',
  'atomic',
  'begin',
  'e',
  'x',
  'b1',
  'u',
  'n',
  '"end"',
  'stdin',
  'copy$',
]

const LITERALS: readonly string[] = [
  '1',
  '1.5e-3',
  '.5',
  '0x1F',
  '1_000',
  'null',
  'true',
  "''",
  "'a;b'",
  "'it''s; ok'",
  "'--'",
  "'/*'",
  "'\\'",
  "'$$'",
  "'line\n;two'",
  "'a'\n'b;'",
  "'a' -- ;'\n  'b'",
  "E'\\';'",
  "e'\\\\'",
  "E'a''b\\';'",
  "E'a'\n'b\\';'",
  "E'a' --'\n --\n\t'b\\'c;'\r\n'\\'\\\\'",
  "N'n;'",
  "n'''",
  "B'0101'",
  "b'01'\n'10'",
  "X'1f'",
  "U&'\\0041;'",
  "U&'d!0061;' uescape '!'",
  '$$a;b$$',
  "$$it's$$",
  '$$$x$;$$',
  '$x$;$$;$x$',
  '$x$ $y$ ; $x $x$',
  '$é$;$é$',
  '$_1$ $_ ;$1$_1$',
  '$a$$b$;$a$',
  '$q$\n-- ;\n/* ; */\n$q$',
  "'😀;'",
  "'\u{feff}'",
]

const OPERATORS: readonly string[] = [
  '+',
  '-',
  '*',
  '/',
  '||',
  '<>',
  '@-@',
  '->>',
  '#>',
  '<->',
  '%',
  '|/',
  '=',
  '~*',
  '&&',
  '?|',
]

const name: Make = (random) => pick(random, NAMES)

const expression: Make = (random, depth) => {
  if (depth <= 0 || random() < 0.35)
    return pick(random, random() < 0.7 ? LITERALS : ['a', '"a;b"', 'é', 'a$b', '$1', 'x."end"'])
  const inner = () => expression(random, depth - 1)
  return pick<() => string>(random, [
    () => `(${inner()})`,
    () => joined(random, [inner(), pick(random, OPERATORS), inner()]),
    () => `${inner()} ${pick(random, OPERATORS)}/* ; */ ${inner()}`,
    () => `${inner()} *-- ; '\n ${inner()}`,
    () => joined(random, ['case', 'when', inner(), 'then', inner(), 'else', inner(), 'end']),
    () => joined(random, ['CASE', inner(), 'WHEN', inner(), 'THEN', inner(), 'END']),
    () => `f(${list(random, inner, ', ')})`,
    () => `(${inner()})::text`,
    () => `array[${list(random, inner, ',')}]`,
    () => `(${select(random, depth - 1)})`,
    () => `exists(${select(random, depth - 1)})`,
    () => `a.end`,
    () => `a. case`,
  ])()
}

const label: Make = (random) =>
  pick(random, [
    '',
    '',
    'as x',
    'as "a;b"',
    'as end',
    'as case',
    'as begin',
    'as atomic',
    'end',
    'atomic',
    'begin',
    'case',
    'as \ufeff',
    'AS "begin"',
  ])

const select: Make = (random, depth) => {
  const item = () => (random() < 0.05 ? 'begin atomic' : `(${expression(random, depth - 1)}) ${label(random, 0)}`)
  const items = list(random, item, ', ')
  const from = random() < 0.5 ? `from ${name(random, 0)}` : ''
  const where = random() < 0.3 ? `where (${expression(random, depth - 1)}) is not null` : ''
  return joined(random, ['select', items, from, where])
}

const insert: Make = (random, depth) =>
  joined(random, [
    'insert',
    'into',
    name(random, 0),
    'values',
    `(${list(random, () => expression(random, depth - 1), ', ')})`,
  ])

const update: Make = (random, depth) =>
  joined(random, ['update', name(random, 0), 'set', 'a', '=', expression(random, depth - 1)])

const inner: Make = (random, depth) => pick(random, [select, insert, update])(random, depth - 1)

const atomicBody: Make = (random, depth) => {
  const statements = Array.from({ length: Math.floor(random() * 4) }, () => {
    if (depth > 1 && random() < 0.15) return `${rule(random, depth - 1)};`
    if (depth > 1 && random() < 0.15) return `${atomicRoutine(random, depth - 1)};`
    return random() < 0.1 ? ';' : `${inner(random, depth)};`
  })
  return joined(random, [spread(random, 'begin atomic'), ...statements, random() < 0.5 ? 'end' : 'END'])
}

const atomicRoutine: Make = (random, depth) => {
  const head = pick(random, [
    'create function',
    'create or replace function',
    'create procedure',
    'create or replace procedure',
  ])
  const fallback = random() < 0.3 ? `a int default (${expression(random, 1)})` : ''
  const returns = head.endsWith('function')
    ? spread(random, pick(random, ['returns int', 'returns begin', 'returns setof text']))
    : ''
  const called = pick(random, ['f', 'begin.atomic', '"begin" . atomic', 'atomic', 'é'])
  return joined(random, [
    spread(random, head),
    `${called}(${fallback})`,
    returns,
    'language sql',
    atomicBody(random, depth),
  ])
}

const rule: Make = (random, depth) => {
  const actions = list(random, () => inner(random, depth), '; ')
  const kind = spread(random, pick(random, ['do also', 'do instead', 'do']))
  return joined(random, [
    spread(random, 'create rule r as on insert to t'),
    kind,
    `(${actions}${random() < 0.3 ? ';' : ''})`,
  ])
}

const tagged: Make = (random) => {
  const tag = pick(random, ['', 'body', 'é', '_', 'q1'])
  const lines = list(
    random,
    () => pick(random, ['begin', 'perform 1;', "raise notice 'x;';", 'end', '-- ;', '/* ;', '$other$ ; $other$', '$1']),
    '\n',
    5,
  )
  return `$${tag}$${tag === '' ? lines.replaceAll('$', '!') : lines}$${tag}$`
}

const STATEMENTS: readonly Make[] = [
  select,
  select,
  insert,
  update,
  rule,
  atomicRoutine,
  atomicRoutine,
  (random) =>
    joined(random, [spread(random, 'create function f() returns trigger language plpgsql as'), tagged(random, 0)]),
  (random) => joined(random, ['do', tagged(random, 0)]),
  (random, depth) => joined(random, ['create', 'view', name(random, 0), 'as', select(random, depth)]),
  (random, depth) => joined(random, ['create function f() returns int return', `(${expression(random, depth)})`]),
  (random, depth) => `create table ${name(random, 0)} (a int default (${expression(random, depth - 1)}), b text)`,
  (random, depth) => `create schema s create table t (a int) create view v as ${select(random, depth - 1)}`,
  (random, depth) =>
    joined(random, [
      'with',
      'w',
      'as',
      `(${inner(random, depth)} returning 1)`.replace(/^\(select.* returning 1\)$/s, '(select 1)'),
      'select',
      '1',
    ]),
  (random, depth) => joined(random, ['prepare', 'p', 'as', select(random, depth)]),
  (random, depth) => joined(random, ['explain', '(analyze, format json)', select(random, depth)]),
  (random, depth) => joined(random, ['declare c cursor for', select(random, depth)]),
  (random, depth) =>
    joined(random, ['copy', `(${select(random, depth)})`, 'to', 'stdout', "with (format csv, delimiter ';')"]),
  (random) =>
    joined(random, [
      'comment on table t is',
      pick(
        random,
        LITERALS.filter((text) => text.startsWith("'")),
      ),
    ]),
  (random) =>
    spread(
      random,
      pick(random, [
        'begin',
        'commit',
        'end',
        'rollback',
        'start transaction',
        'end transaction',
        'begin work',
        'savepoint begin',
      ]),
    ),
  (random) =>
    spread(
      random,
      pick(random, [
        'vacuum',
        'listen atomic',
        'grant select on a to public',
        'set x.y to begin',
        'table stdin',
        'drop function atomic',
      ]),
    ),
  (random) =>
    joined(random, ['create operator', pick(random, ['@-@', '<+>', '|*|', '#!!']), '(function = f, leftarg = int)']),
  (random) => joined(random, ['values', `(${list(random, () => pick(random, LITERALS), '), (')})`]),
]
