import type { ImportFormat } from '../../../../contract/import'
import { readCompose } from './compose'
import { readDbeaver } from './dbeaver'
import { parseDotEnv } from './dot-env'
import { connectionsOfVariables } from './environment-variables'
import type { FoundConnection } from './found-connection'
import { readAlembicIni, readYoyoIni } from './migration-tool-ini'
import { readPgAdmin } from './pgadmin'
import { readPlainText } from './plain-connections'
import { checkedText, textOf } from './read-small-file'
import { recogniseFormat } from './recognise'
import { readServiceFile } from './service-connections'

/** What a source says, before anything is assumed. */
export interface FoundConnections {
  readonly format: ImportFormat
  readonly connections: readonly FoundConnection[]
  /** True when the source holds more than are listed. */
  readonly isCut: boolean
}

const MOST_CONNECTIONS = 200

const READERS: Readonly<Record<ImportFormat, (text: string) => FoundConnection[]>> = {
  text: readPlainText,
  'environment file': (text) => connectionsOfVariables(parseDotEnv(text)),
  'Compose file': readCompose,
  'yoyo.ini': readYoyoIni,
  'alembic.ini': readAlembicIni,
  'service file': readServiceFile,
  DBeaver: readDbeaver,
  pgAdmin: readPgAdmin,
}

/**
 * The connections that a file or a text holds. The format is recognised by the content, then by the file's name (without its folder).
 * Nothing is expanded, executed, connected to, and no other file is read. Refused for what cannot be read as a whole.
 */
export function readConnections(fileName: string, content: string | Uint8Array): FoundConnections {
  const text = typeof content === 'string' ? checkedText(content) : textOf(content)
  const format = recogniseFormat(fileName, text)
  const connections = READERS[format](text).filter((each) => each.saysSomething)
  return { format, connections: connections.slice(0, MOST_CONNECTIONS), isCut: connections.length > MOST_CONNECTIONS }
}
