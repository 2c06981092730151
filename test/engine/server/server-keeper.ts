import pg from 'pg'
import { createLocalServer } from '../../../electron/engine/server/local-server'

// Runs in a process of its own: starts the local server of a folder, reports, and waits to be killed or told to stop.
const [binaries = '', folder = ''] = process.argv.slice(2)
const keeper = createLocalServer({
  binaries,
  folder,
  probe: async ({ host, port, role, database }, password) => {
    const client = new pg.Client({ host, port, user: role, database, password })
    client.on('error', () => {})
    await client.connect()
    await client.end()
  },
})
const report = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)
// Before the report: its reader may send the signal at once.
process.once('SIGTERM', async () => {
  await keeper.stop()
  report('stopped')
  process.exit(0)
})
try {
  report(await keeper.start())
} catch (error) {
  report({ error: String(error) })
}
setInterval(() => {}, 1000)
