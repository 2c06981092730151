// Stands in for the default_app.asar that an official Electron brings along and the assembled one lacks:
// runs `electron [-r module]... <app folder or file> [arguments]`.
import { existsSync, readFileSync } from 'node:fs'
import Module from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const args = process.argv.slice(1)
const preload = []
let target
while (args.length > 0) {
  const arg = args.shift()
  if (arg === '-r' || arg === '--require') preload.push(args.shift())
  else if (arg === '-v' || arg === '--version') {
    console.log(`v${process.versions.electron}`)
    process.exit(0)
  } else if (!arg.startsWith('-')) {
    target = resolve(arg)
    break
  }
}
if (preload.length > 0) Module._preloadModules(preload)
if (!target) {
  console.error('usage: electron [-r module] <app directory or file> [arguments]')
  process.exit(2)
}
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
const manifest = join(target, 'package.json')
if (existsSync(manifest)) {
  const { version, productName, name } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (version) app.setVersion(version)
  if (productName ?? name) app.name = productName ?? name
}
const file = Module._resolveFilename(target, null, true)
app.setAppPath(existsSync(manifest) ? target : dirname(file))
await import(pathToFileURL(file).href)
