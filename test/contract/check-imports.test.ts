import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkImports } from '../../scripts/check-imports.mjs'

const roots: string[] = []

afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true })
})

/** A tree in which every module imports what it may, each thing at least once. */
const rightTree: Readonly<Record<string, string>> = {
  'contract/text.ts': "import { z } from 'zod'\nexport const text = z.string()\n",
  'contract/profile.ts': "export { text } from './text'\n",
  'electron/main/main.ts':
    "import { app } from 'electron'\nimport { join } from 'node:path'\nimport '../../contract/profile'\nimport './window'\nexport const start = () => [app, join]\n",
  'electron/main/window.ts': "import { BrowserWindow } from 'electron/main'\nexport type Window = BrowserWindow\n",
  'electron/preload/preload.ts':
    "import { contextBridge } from 'electron'\ncontextBridge.exposeInMainWorld('bridge', {})\n",
  'electron/engine/log.ts': 'export const log = []\n',
  'electron/engine/failure-error.ts': "import './log'\nexport class FailureError extends Error {}\n",
  'electron/engine/disk/journal.ts': "import '../log'\nexport const journal = 1\n",
  'electron/engine/session/session.ts':
    "import { Client } from 'pg'\nimport 'pg-protocol'\nimport '../disk/journal'\nimport '../failure-error'\nexport type Session = Client\n",
  'electron/engine/session/raw-query.ts': "import type { Connection } from 'pg'\nexport type Raw = Connection\n",
  'electron/engine/query/run.ts':
    "import '../session/raw-query'\nimport '../session/session'\nimport '../disk/journal'\nimport '../../../contract/text'\nexport const run = 1\n",
  'electron/engine/migration/run-migrations.ts': "import { Umzug } from 'umzug'\nexport const runner = Umzug\n",
  'electron/engine/bridge/serve-port.ts':
    "import '../failure-error'\nimport '../../../contract/text'\nexport const serve = 1\n",
  'electron/engine/handlers.ts':
    "import './query/run'\nimport './migration/run-migrations'\nexport const handlers = {}\n",
  'electron/engine/services.ts': "import './query/run'\nimport './session/session'\nexport const services = 1\n",
  'electron/cli/cli.ts':
    "import { parseArgs } from 'node:util'\nimport '../../contract/text'\nimport '../engine/query/run'\nexport const cli = parseArgs\n",
  'electron/engine/engine.ts': "import './handlers'\nimport './bridge/serve-port'\n",
  'renderer/bridge.ts': "import '../contract/text'\nexport const request = 1\n",
  'renderer/ui/button.tsx': "import 'react'\nimport '../../contract/text'\nexport const Button = () => <b>x</b>\n",
  'renderer/ui/tokens.css': ':root {}\n',
  'renderer/session/session-store.ts': "import '../bridge'\nexport const session = 1\n",
  'renderer/query/editor.tsx':
    "import '../ui/button'\nimport '../ui/tokens.css'\nimport '../bridge'\nimport '../session/session-store'\nimport 'monaco-editor/editor/editor.worker?worker'\nexport const Editor = 1\n",
  'renderer/migration/panel.tsx': "import { useState } from 'react'\nexport const Panel = useState\n",
  'renderer/app.tsx': "import './query/editor'\nimport './migration/panel'\nexport const App = 1\n",
}

/** Writes the right tree with these files laid over it. */
async function plant(files: Readonly<Record<string, string>>, base = rightTree): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'strata-imports-'))
  roots.push(root)
  for (const [file, text] of Object.entries({ ...base, ...files })) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
  return root
}

/** `rule file:line` of every problem. */
async function problemsOf(root: string): Promise<string[]> {
  const { problems } = await checkImports(root)
  return problems.map(({ rule, file, line }) => `${rule} ${file}:${line}`)
}

const breaches: readonly [claim: string, rule: string, file: string, text: string][] = [
  ['the contract imports a node module', 'contract-is-pure', 'contract/a.ts', "import 'node:fs'"],
  ['the contract imports a node module without its prefix', 'contract-is-pure', 'contract/a.ts', "import 'fs'"],
  ['the contract imports pg', 'contract-is-pure', 'contract/a.ts', "import type { Client } from 'pg'"],
  ['the contract imports the window', 'contract-is-pure', 'contract/a.ts', "import '../renderer/bridge'"],
  ['the window imports pg', 'window-is-a-browser', 'renderer/query/a.ts', "import 'pg'"],
  ['the window imports a companion of pg', 'window-is-a-browser', 'renderer/query/a.ts', "import 'pg-types'"],
  ['the window imports a node module', 'window-is-a-browser', 'renderer/query/a.ts', "const fs = import('node:fs')"],
  ['the window imports the engine', 'window-is-a-browser', 'renderer/a.ts', "import '../electron/engine/log'"],
  [
    'the window imports a type of the shell',
    'window-is-a-browser',
    'renderer/a.ts',
    "type A = import('../electron/main/window').Window",
  ],
  ['the engine imports electron', 'shell-is-thin', 'electron/engine/query/a.ts', "import type { App } from 'electron'"],
  ['the engine requires electron', 'shell-is-thin', 'electron/engine/query/a.ts', "const e = require('electron')"],
  ['the shell imports pg', 'shell-is-thin', 'electron/main/a.ts', "import 'pg'"],
  ['the shell imports the engine', 'shell-is-thin', 'electron/main/a.ts', "export * from '../engine/log'"],
  ['the shell imports the window', 'shell-is-thin', 'electron/main/a.ts', "import '../../renderer/bridge'"],
  ['the preload imports main', 'shell-is-thin', 'electron/preload/a.ts', "import '../main/window'"],
  ['the command line imports a package', 'command-line-is-thin', 'electron/cli/a.ts', "import { z } from 'zod'"],
  ['the command line imports the shell', 'command-line-is-thin', 'electron/cli/a.ts', "import '../main/window'"],
  [
    'the engine imports the command line',
    'features-lean-one-way',
    'electron/engine/query/a.ts',
    "import '../../cli/cli'",
  ],
  ['a feature imports pg', 'pg-lives-in-session', 'electron/engine/catalog/a.ts', "import { Client } from 'pg'"],
  ['a feature imports a companion of pg', 'pg-lives-in-session', 'electron/engine/query/a.ts', "import 'pg-cursor'"],
  ['another feature imports ssh2', 'ssh2-lives-in-tunnel', 'electron/engine/session/a.ts', "import ssh2 from 'ssh2'"],
  ['a second file imports umzug', 'umzug-lives-in-one-file', 'electron/engine/migration/a.ts', "import 'umzug'"],
  ['a feature imports its sibling', 'features-lean-one-way', 'electron/engine/catalog/a.ts', "import '../query/run'"],
  [
    'a feature imports a type of its sibling',
    'features-lean-one-way',
    'electron/engine/catalog/a.ts',
    "import type { run } from '../query/run'",
  ],
  ['a session uses a feature', 'features-lean-one-way', 'electron/engine/session/a.ts', "import '../query/run'"],
  ['disk uses a session', 'features-lean-one-way', 'electron/engine/disk/a.ts', "import '../session/session'"],
  ['the parser uses a session', 'features-lean-one-way', 'electron/engine/parse/a.ts', "import '../session/session'"],
  ['a feature imports the meeting place', 'features-lean-one-way', 'electron/engine/query/a.ts', "import '../engine'"],
  [
    'what every feature uses knows a feature',
    'features-lean-one-way',
    'electron/engine/log.ts',
    "import './query/run'",
  ],
  ['the engine imports the shell', 'features-lean-one-way', 'electron/engine/query/a.ts', "import '../../main/window'"],
  [
    'a feature of the window imports its sibling',
    'features-lean-one-way',
    'renderer/query/a.ts',
    "import '../migration/panel'",
  ],
  [
    'a feature of the window reaches its sibling through a file above',
    'features-lean-one-way',
    'renderer/catalog/a.ts',
    "import '../app'",
  ],
  ['ui knows a feature', 'features-lean-one-way', 'renderer/ui/a.ts', "import '../query/editor'"],
  ['the bridge imports a feature', 'bridge-knows-no-feature', 'electron/engine/bridge/a.ts', "import '../query/run'"],
  [
    'a feature imports the bridge',
    'bridge-knows-no-feature',
    'electron/engine/query/a.ts',
    "import '../bridge/serve-port'",
  ],
  ['a module is named index', 'no-barrels', 'renderer/ui/index.ts', 'export const a = 1'],
  ['a module has a default export', 'no-barrels', 'renderer/ui/a.ts', 'export default 1'],
  ['a module exports something as default', 'no-barrels', 'renderer/ui/a.ts', 'const a = 1; export { a as default }'],
  ['an import leads to no file', 'imports-resolve', 'renderer/ui/a.ts', "import './gone'"],
]

describe('dependency rules', () => {
  it('are silent about a right tree', async () => {
    const root = await plant({})

    const found = await problemsOf(root)

    expect(found).toEqual([])
  })

  it.each(breaches)('notice when %s', async (_, rule, file, text) => {
    const root = await plant({ [file]: `// first line\n${text}\n` })

    const found = await problemsOf(root)

    expect(found).toContain(`${rule} ${file}:${rule === 'no-barrels' && file.endsWith('index.ts') ? 1 : 2}`)
  })

  it('notice a circle of type-only imports', async () => {
    const root = await plant({
      'contract/a.ts': "import type { B } from './b'\nexport type A = B\n",
      'contract/b.ts': "export type B = import('./c').C\n",
      'contract/c.ts': "export type { A as C } from './a'\n",
    })

    const { problems } = await checkImports(root)

    expect(problems).toEqual([
      {
        rule: 'no-cycles',
        file: 'contract/a.ts',
        line: 1,
        message: 'contract/a.ts -> contract/b.ts -> contract/c.ts -> contract/a.ts',
      },
    ])
  })

  it('take imports in comments and texts for what they are', async () => {
    const root = await plant({
      'contract/a.ts': "// import 'pg'\n/* import 'electron' */\nexport const a = \"import 'node:fs'\"\n",
    })

    const found = await problemsOf(root)

    expect(found).toEqual([])
  })

  it('fail where there is nothing to check', async () => {
    const root = await plant({}, {})

    const { files, problems } = await checkImports(root)

    expect([files, problems.map(({ rule }) => rule)]).toEqual([0, ['files-are-found']])
  })
})
