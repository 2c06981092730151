import { openUnseenDisplay } from '../../scripts/prepare/display.mjs'
import { canSandbox } from '../../scripts/prepare/sandbox.mjs'
import { prepare } from '../../scripts/prepare.mjs'

/** Gives every test of the app a built app, an Electron to run it with, and a display that nobody sees. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const runtime = await prepare('unseen app')
  const display = await openUnseenDisplay()
  for (const [name, value] of Object.entries(display.environment))
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  process.env.STRATA_TEST_ARGUMENTS = JSON.stringify(display.args)
  process.env.STRATA_TEST_SANDBOX = String(await canSandbox(runtime))
  return () => display.close()
}
