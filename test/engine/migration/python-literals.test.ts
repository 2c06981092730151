import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readRevision } from '../../../electron/engine/migration/foreign/alembic/alembic-graph'
import { readString } from '../../../electron/engine/migration/foreign/python/string-literal'
import { readYoyoModule } from '../../../electron/engine/migration/foreign/yoyo/yoyo-module'

const python = spawnSync('/usr/bin/python3', ['-c', 'pass']).status === 0

const LITERALS = [
  `'plain'`,
  `"it''s"`,
  `'a\\'b\\"c\\\\d'`,
  `r'C:\\temp\\'x'`,
  `R"""raw \\n stays"""`,
  `u'\\u00eb\\U0001f389\\x41\\101\\0'`,
  `'unknown \\d \\% stays'`,
  `"joined\\\n lines"`,
  `'''three\n'quotes' "and" ''more\n'''`,
  `"""emoji 🎉 and \\t tab"""`,
]
const NOT_LITERAL: Readonly<Record<string, string>> = {
  'step(f"select {1}")': 'an f-string is put together while it runs',
  'step(b"select 1")': 'a bytes literal is no SQL',
  'step("a" % 1)': '"%" makes it more than a literal',
  'step("a".format(1))': '"." makes it more than a literal',
  'step("a" + name)': 'only literal strings are joined here',
  'step(make_sql())': '"make_sql(…)" is no literal SQL',
  'step(unknown)': '"unknown" is no literal SQL',
  'step("a", ignore_errors="apply")': 'ignore_errors lets a step fail and go on, which Strata does not do',
  'def apply(conn):\n    pass\nstep(apply)': '"def" is code',
  'import os': '"import os" brings in code',
  'from yoyo import step, get_backend': '"from yoyo import step , get_backend" brings in code',
  'for x in [1]: step("a")': '"for" is code',
  'step("a" if True else "b")': '"if" makes it more than a literal',
  'step(*[])': '"*" is no literal',
  'step("a"': 'a bracket is never closed',
  "step('a\n')": 'a string is not closed on its line',
  'steps = [step(s) for s in ("a",)]': '"for" makes it more than a literal',
  '__depends__ = other': '__depends__ is no literal set of names',
}

describe('python source', () => {
  it.skipIf(!python)('has strings that are read as python reads them', () => {
    const program = 'import ast, json, sys; print(json.dumps([ast.literal_eval(s) for s in json.load(sys.stdin)]))'
    const { stdout } = spawnSync('/usr/bin/python3', ['-W', 'ignore', '-c', program], {
      input: JSON.stringify(LITERALS),
      encoding: 'utf8',
    })

    expect(LITERALS.map((source) => readString(source, 0).literal.text)).toEqual(JSON.parse(stdout))
  })

  it('keeps for each unit of a string where it stands', () => {
    const { literal } = readString(`'a\\u00ebb'`, 0)

    expect(literal).toEqual({ text: 'aëb', offsets: [1, 2, 8, 9] })
  })

  it('has steps in the order in which yoyo applies them', () => {
    const module = readYoyoModule(`'''words'''
from yoyo import (step, group,)
__depends__ = {"a", 'b'}
__transactional__ = False
SQL = "one" \\
      " and one"
first = step(SQL, rollback=None)  # a comment with "quotes"
steps = [
    group(step("two", "-two"), [step(apply="three")]),
    step("""four""" + ' and four'),
]; step('five')
`)

    expect({ ...module, steps: module.steps.map(({ apply, rollback }) => [apply?.text, rollback?.text]) }).toEqual({
      docstring: 'words',
      depends: ['a', 'b'],
      isTransactional: false,
      steps: [
        ['one and one', undefined],
        ['two', '-two'],
        ['three', undefined],
        ['four and four', undefined],
        ['five', undefined],
      ],
    })
  })

  it.each(Object.entries(NOT_LITERAL))('is not read where it is no literal: %s', (source, reason) => {
    expect(() => readYoyoModule(source)).toThrow(reason)
  })

  it('declares a revision of alembic, whatever its functions do', () => {
    const source = `"""add phone number

Revision ID: b2
Revises: a1, c3
"""
from typing import Sequence, Union
from alembic import op

revision: str = 'b2'
down_revision: Union[str, None] = ('a1', "c3")
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(f"users{1}", x)
`
    expect(readRevision(source)).toEqual({
      id: 'b2',
      title: 'add phone number',
      parents: ['a1', 'c3'],
      dependsOn: [],
    })
  })
})
