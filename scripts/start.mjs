// npm start [-- arguments for the app]: from a fresh clone to the open window. Only node: modules are imported before
// the packages are known to be there.
import { hasScreen } from './prepare/display.mjs'
import { inRoot } from './prepare/places.mjs'
import { main, run } from './prepare/processes.mjs'
import { canSandbox, sandboxCommand } from './prepare/sandbox.mjs'
import { SetupProblem, say } from './prepare/say.mjs'
import { prepare } from './prepare.mjs'

await main(async () => {
  if (!hasScreen()) {
    say('there is no display here, so the demo is run instead: the same app, driven without a visible window')
    const { demonstrate } = await import('./demo/demonstrate.mjs')
    return await demonstrate()
  }
  const runtime = await prepare('app')
  if (process.getuid?.() !== 0 && !(await canSandbox(runtime)))
    throw new SetupProblem(
      `this system does not let Chromium make its sandbox. Allow it, then try again:\n\n  ${sandboxCommand(runtime)}\n`,
    )
  say(`opening the window${runtime.isStandIn ? ` (Electron ${runtime.version}, assembled for development)` : ''}`)
  return await run([runtime.executable, inRoot(), ...process.argv.slice(2)], { cwd: inRoot() })
})
