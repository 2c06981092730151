import { headerLine } from './migration-header'
import { compareNames } from './migration-name'
import type { Script } from './migration-script'

/** A migration as far as it says what it depends on. */
interface Dependent {
  readonly name: string
  readonly upFile: string
  readonly up: Pick<Script, 'text' | 'header'> | null
}

/** What is wrong with the dependencies that a file names among the files of its folder, with its line; null when nothing is. */
export function dependencyProblem(file: Dependent, files: ReadonlyMap<string, Dependent>): string | null {
  const names = dependenciesOf(file)
  if (names.length === 0) return null
  if (names.includes(file.name)) return at(file, `"${file.name}" cannot depend on itself.`)
  const circle = circleFrom(file.name, files)
  if (circle !== null) return at(file, `They depend on each other in a circle: ${circle.join(', then ')}.`)
  const later = names.find((name) => files.has(name) && compareNames(name, file.name) > 0)
  return later === undefined ? null : at(file, `It depends on ${later}, which sorts after it. Rename one of them.`)
}

/** What is wrong when a file depends on what is neither in the folder nor applied, with its line; null when nothing is. */
export function missingDependency(file: Dependent, isKnown: (name: string) => boolean): string | null {
  const missing = dependenciesOf(file).find((name) => !isKnown(name))
  return missing === undefined ? null : at(file, `It depends on ${missing}, and there is no such migration.`)
}

/** Names of the migrations that a file says must be applied before it. */
export function dependenciesOf(file: Dependent | undefined): readonly string[] {
  return file?.up?.header.depends ?? []
}

/** For each name that files depend on, the names of those files, in their order. */
export function dependents(files: Iterable<Dependent | undefined>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const file of files) {
    if (file === undefined) continue
    for (const name of dependenciesOf(file)) found.set(name, [...(found.get(name) ?? []), file.name])
  }
  return found
}

function at({ up, upFile }: Dependent, message: string): string {
  return `${upFile}, line ${headerLine(up?.text ?? '', 'depends') ?? 1}: ${message}`
}

/** The names on the shortest way from a migration back to itself, both ends included; null when there is none. */
function circleFrom(start: string, files: ReadonlyMap<string, Dependent>): readonly string[] | null {
  const cameFrom = new Map<string, string>()
  const open = [start]
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    for (const next of dependenciesOf(files.get(name))) {
      if (next === start) return wayTo(name, start, cameFrom)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, name)
      open.push(next)
    }
  }
  return null
}

function wayTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [start]
  for (let name: string | undefined = end; name !== undefined && name !== start; name = cameFrom.get(name)) {
    way.unshift(name)
  }
  return [start, ...way]
}
