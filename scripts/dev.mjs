// npm run dev: the window with its sources reloaded as they change.

import { hasScreen } from './prepare/display.mjs'
import { inRoot } from './prepare/places.mjs'
import { main, run } from './prepare/processes.mjs'
import { SetupProblem } from './prepare/say.mjs'
import { prepare } from './prepare.mjs'

await main(async () => {
  if (!hasScreen()) throw new SetupProblem('there is no display here; `npm run demo` runs the app without one')
  await prepare('window')
  const cli = inRoot('node_modules/electron-vite/bin/electron-vite.js')
  return await run([process.execPath, cli, 'dev', '--watch', ...process.argv.slice(2)], { cwd: inRoot() })
})
