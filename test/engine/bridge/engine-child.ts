import { shell } from './fake-shell'
import '../../../electron/engine/engine'
import type { Target } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { TabId } from '../../../contract/workspace'
import { windowOn } from '../../support/port-pair'

// The engine's real entry in a process of its own: `node engine-child.mjs USERDATA BINARIES SAMPLES VERSION ORDER`.
// Opens a session for a target, runs one statement, and writes what it found as a line of JSON.
const { target, password, script } = JSON.parse(process.argv[6] ?? '{}') as {
  readonly target: Target
  readonly password: string
  readonly script: string
}
shell.on('heard', (message) => {
  if (message.type === 'secret wanted') shell.tell({ type: 'secret', id: message.id, secret: password })
})
const window = windowOn(shell.openPort())
const profile = await window.get('profile.save', {
  draft: { id: null, name: 'child', folder: '', environment: 'development', target, settings: SETTINGS_DEFAULTS },
})
const { sessionId } = await window.get('session.open', {
  profileId: profile.id,
  tabId: 'tab-1' as TabId, // branded here: the window mints tab ids
})
const stream = window.open('query.run', { sessionId, script, range: null, commitMode: 'auto' })
await stream.ended
const arrived = stream.events.find((event) => event.type === 'columnsArrived')
const cells: string[] = []
if (arrived?.type === 'columnsArrived') {
  for (const column of arrived.columns.keys()) {
    const { bytes } = await window.get('result.cell', { resultId: arrived.resultId, row: 0, column, from: 0 })
    cells.push(Buffer.from(bytes).toString())
  }
}
const left = Object.keys(process.env).filter((name) => name.startsWith('PG'))
process.stdout.write(`${JSON.stringify({ cells, left, heard: shell.heard })}\n`)
shell.on('heard', (message) => {
  if (message.type === 'stopped') process.exit(0)
})
shell.tell({ type: 'stop' })
