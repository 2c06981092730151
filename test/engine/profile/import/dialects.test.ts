import { execFileSync } from 'node:child_process'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseDotEnv } from '../../../../electron/engine/profile/import/dot-env'
import { interpolate, parseIni } from '../../../../electron/engine/profile/import/ini'
import { withReferences } from './summary'

const PYTHON = `
import configparser, json, sys
out = []
for text in json.load(sys.stdin):
    parser = configparser.ConfigParser(strict=False)
    parser.read_string(text)
    values = {}
    for section in ['DEFAULT'] + parser.sections():
        for key in parser[section]:
            if section != 'DEFAULT' and key in parser.defaults() and key not in parser._sections[section]:
                continue
            try:
                values[section + ' ' + key] = parser.get(section, key)
            except configparser.InterpolationError:
                values[section + ' ' + key] = None
    out.append(values)
json.dump(out, sys.stdout)
`

const INI_TEXTS = [
  '[DEFAULT]\na = 1\n[x]\nb = %(a)s-%(c)s\nc=%%%(a)s%%\n',
  '[x]\na: b: c\nd = e = f\n',
  '[x]\n# comment\n; comment\na = b # not a comment\n',
  '[x]\na = one\n    two\n\tthree\nb = 4\n',
  '[x]\nA B = upper key\nurl = postgresql://u:p%%40w@h/d?x=1\n',
  '[x]\na = %(b)s\nb = %(a)s\n',
  '[x]\na = 100%\nb = %x\nc = %(nowhere)s\n',
  '[DEFAULT]\npw = a%%40b\n[alembic]\nsqlalchemy.url = postgresql://u:%(pw)s@h/d\n',
  '[x]\na =\nb = 1\n[y]\na = %(b)s\n',
  '[DEFAULT]\nh = base\n[x]\nh = own\nurl = %(h)s\n[y]\nurl = %(H)s\n',
]

const ENV_TEXTS = [
  'A=1\nB = 2\nexport C=3\n  D=4  \n',
  'A="quoted # not a comment" # comment\nB=\'single\'\nC=plain # comment\n',
  'A="one\ntwo"\nB=3\n',
  'A="a\\nb"\nB=\'a\\nb\'\nC=a\\nb\n',
  'A=\nB=""\nC=\'\'\n',
  '# A=1\n\nB=@{A}\nC="@{A}"\nD=\'@{A}\'\n',
  'A=1\nA=2\n',
  'DATABASE_URL="postgres://u:p@h/d?sslmode=require&x=y"\n',
  'A=b=c\nB=" spaces "\nC= spaces \n',
]

function ini(text: string): Record<string, string | null> {
  const sections = parseIni(text)
  const defaults = sections.find(({ name }) => name === 'DEFAULT')
  const values: Record<string, string | null> = {}
  for (const section of sections) {
    for (const [key, { value }] of section.values) {
      const meant = interpolate(value, section, defaults)
      values[`${section.name} ${key}`] = meant.ok ? meant.value : null
    }
  }
  return values
}

describe('INI files', () => {
  const hasPython = (() => {
    try {
      return execFileSync('python3', ['-c', 'import configparser']).length === 0
    } catch {
      return false
    }
  })()

  it.runIf(hasPython)("mean what Python's configparser takes them for", () => {
    const theirs: unknown = JSON.parse(
      execFileSync('python3', ['-c', PYTHON], { input: JSON.stringify(INI_TEXTS) }).toString(),
    )

    expect(INI_TEXTS.map(ini)).toEqual(theirs)
  })
})

describe('environment files', () => {
  it.each(ENV_TEXTS)('mean what Node takes them for: %j', (raw) => {
    const text = withReferences(raw)

    const ours = Object.fromEntries(parseDotEnv(text).map(({ name, value }) => [name, value]))

    expect(ours).toEqual({ ...parseEnv(text) })
  })
})
