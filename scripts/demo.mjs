// npm run demo: the real app, driven through its main job without a visible window.
import { demonstrate } from './demo/demonstrate.mjs'
import { main } from './prepare/processes.mjs'

await main(demonstrate)
