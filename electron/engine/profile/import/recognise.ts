import type { ImportFormat } from '../../../../contract/import'
import { refusal } from '../../failure-error'
import { parseIni } from './ini'

const ARCHIVES = ['PK\u0003\u0004', '\u001f\u008b', 'Rar!', '7z']
const LIBPQ_KEY = /^(host|hostaddr|port|dbname|user|password|sslmode|service)$/

/** The format of a text by its content, and by its file's name where the content leaves it open; refused for what is none. */
export function recogniseFormat(fileName: string, text: string): ImportFormat {
  const name = fileName.toLowerCase()
  if (name.includes('credentials-config')) {
    throw refusal(
      'file',
      "It is DBeaver's file of passwords, which is encrypted and not read. Choose data-sources.json beside it.",
    )
  }
  const start = text.trimStart()
  if (start === '') throw refusal('file', 'It is empty.')
  if (ARCHIVES.some((mark) => start.startsWith(mark)))
    throw refusal('file', 'It is an archive. Unpack it and choose a file in it.')
  if (start.startsWith('<')) throw refusal('file', 'It is XML or HTML, which is not read.')
  if (start.startsWith('{')) return jsonFormat(text)
  if (/\.ya?ml$/.test(name) || /^services:[ \t]*(#.*)?$/m.test(text)) {
    if (/^services:/m.test(text)) return 'Compose file'
    throw refusal('file', 'It is YAML without "services:", so not a Compose file.')
  }
  if (/^\s*\[[^\]\n]+\]\s*$/m.test(text)) return iniFormat(name, text)
  const isNamedEnvironment = /(^|[._-])env([._-]|$)/.test(name)
  const assignments = text.match(/^[ \t]*(?:export[ \t]+)?[A-Z_][A-Z0-9_]*[ \t]*=/gm)?.length ?? 0
  // One line such as DATABASE_URL=… or PGHOST=… psql is a text; libpq's keywords are in lower case.
  if (isNamedEnvironment || assignments > 1 || (assignments === 1 && !/\bpsql\b/.test(text))) return 'environment file'
  return 'text'
}

function jsonFormat(text: string): ImportFormat {
  if (/"Servers"\s*:/.test(text)) return 'pgAdmin'
  if (/"connections"\s*:/.test(text)) return 'DBeaver'
  throw refusal('file', "It is JSON, but neither DBeaver's data-sources.json nor servers that pgAdmin exported.")
}

function iniFormat(name: string, text: string): ImportFormat {
  const sections = parseIni(text)
  if (sections.some(({ values }) => values.has('sqlalchemy.url'))) return 'alembic.ini'
  const isService = sections.some(({ values }) => [...values.keys()].some((key) => LIBPQ_KEY.test(key)))
  if (/pg_service|\.service/.test(name)) return 'service file'
  if (name.includes('yoyo') || (sections.some(({ values }) => values.has('database')) && !isService)) return 'yoyo.ini'
  if (name.includes('alembic')) return 'alembic.ini'
  if (isService) return 'service file'
  throw refusal('file', 'It is an INI file, but neither yoyo.ini, alembic.ini nor a service file of libpq.')
}
