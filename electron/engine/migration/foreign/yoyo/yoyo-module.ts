import { PythonProblem, type StringLiteral } from '../python/string-literal'
import { tokensOf } from '../python/tokens'
import { type Argument, type Value, ValueReader } from '../python/values'

/** One step of a yoyo migration: what applies it and what rolls it back; null where there is nothing. */
export interface YoyoStep {
  readonly apply: StringLiteral | null
  readonly rollback: StringLiteral | null
}

/** What a yoyo migration written in Python says, as far as it is literal. */
export interface YoyoModule {
  readonly docstring: string | null
  readonly depends: readonly string[]
  readonly isTransactional: boolean
  /** In the order in which they are applied. */
  readonly steps: readonly YoyoStep[]
}

const STEP_NAMES = new Set(['step', 'yoyo.step'])
const GROUP_NAMES = new Set(['group', 'transaction', 'yoyo.group', 'yoyo.transaction'])

/** Reads a migration without running it; throws a `PythonProblem` at the first thing that is not literal. */
export function readYoyoModule(source: string): YoyoModule {
  return new YoyoReader(source).read()
}

class YoyoReader {
  private readonly reader: ValueReader
  private readonly texts = new Map<string, StringLiteral>()
  private readonly steps: YoyoStep[] = []
  private docstring: string | null = null
  private depends: readonly string[] = []
  private isTransactional = true

  constructor(source: string) {
    this.reader = new ValueReader(tokensOf(source))
  }

  read(): YoyoModule {
    const { reader } = this
    for (let isFirst = true; reader.peek().kind !== 'end'; ) {
      if (reader.peek().kind === 'newline' || reader.takes(';')) {
        reader.takes('\n')
        if (reader.peek().kind === 'newline') reader.skipLine()
        continue
      }
      this.statement(isFirst)
      isFirst = false
    }
    const { docstring, depends, isTransactional, steps } = this
    return { docstring, depends, isTransactional, steps }
  }

  private statement(isFirst: boolean): void {
    const { reader } = this
    const token = reader.peek()
    if (token.kind === 'string' && isFirst) {
      this.docstring = token.literal.text
      reader.skipLine()
      return
    }
    if (token.text === 'from' || token.text === 'import') {
      this.importLine()
      return
    }
    if (token.kind === 'name' && reader.peek(1).text === '=' && reader.peek(1).kind === 'operator') {
      reader.next()
      reader.next()
      this.assign(token.text, reader.value())
      return
    }
    if (token.kind === 'name' && (reader.peek(1).text === '(' || reader.peek(1).text === '.')) {
      this.collect(reader.value())
      return
    }
    throw new PythonProblem(token.at, `"${firstWords(token.text)}" is code`)
  }

  /** Only what makes `step` and `group` known may be imported: anything else would be there to be used. */
  private importLine(): void {
    const { reader } = this
    const { at } = reader.peek()
    const words: string[] = []
    while (reader.peek().kind !== 'newline' && reader.peek().kind !== 'end') words.push(reader.next().text)
    const text = words.join(' ')
    const isKnown =
      /^from yoyo import \(? ?(step|group|transaction)( , (step|group|transaction))*( ,)?( \))?$/.test(text) ||
      text === 'import yoyo' ||
      /^from (__future__|typing) import /.test(text)
    if (!isKnown) throw new PythonProblem(at, `"${text.slice(0, 60)}" brings in code`)
  }

  private assign(name: string, value: Value): void {
    if (name === '__depends__') this.depends = namesIn(value)
    else if (name === '__transactional__') this.isTransactional = truthOf(value)
    else if (value.kind === 'string') this.texts.set(name, value.literal)
    else this.collect(value)
  }

  private collect(value: Value): void {
    if (value.kind === 'list') {
      for (const item of value.items) this.collect(item)
      return
    }
    if (value.kind === 'call' && STEP_NAMES.has(value.name)) {
      this.steps.push(this.stepOf(value.arguments, value.at))
      return
    }
    if (value.kind === 'call' && GROUP_NAMES.has(value.name)) {
      for (const argument of value.arguments) {
        if (argument.name !== null && argument.name !== 'steps') throw ignoresErrors(argument)
        this.collect(argument.value)
      }
      return
    }
    throw new PythonProblem(value.at, `${inWords(value)} is no literal step`)
  }

  private stepOf(given: readonly Argument[], at: number): YoyoStep {
    let apply: StringLiteral | null = null
    let rollback: StringLiteral | null = null
    given.forEach((argument, index) => {
      const name = argument.name ?? ['apply', 'rollback'][index]
      if (name === 'apply') apply = this.sqlOf(argument.value)
      else if (name === 'rollback') rollback = this.sqlOf(argument.value)
      else throw ignoresErrors(argument)
    })
    if (given.length === 0) throw new PythonProblem(at, 'step() is given nothing')
    return { apply, rollback }
  }

  private sqlOf(value: Value): StringLiteral | null {
    if (value.kind === 'string') return value.literal.text.trim() === '' ? null : value.literal
    if (value.kind === 'constant' && value.name === 'None') return null
    const named = value.kind === 'name' ? this.texts.get(value.name) : undefined
    if (named !== undefined) return named
    throw new PythonProblem(value.at, `${inWords(value)} is no literal SQL`)
  }
}

function ignoresErrors({ name, value }: Argument): PythonProblem {
  return new PythonProblem(value.at, `${name ?? 'ignore_errors'} lets a step fail and go on, which Strata does not do`)
}

function namesIn(value: Value): readonly string[] {
  if (value.kind === 'string') return [value.literal.text]
  if (value.kind === 'call' && value.name === 'set' && value.arguments.length === 0) return []
  if (value.kind !== 'list') throw new PythonProblem(value.at, '__depends__ is no literal set of names')
  return value.items.map((item) => {
    if (item.kind === 'string') return item.literal.text
    throw new PythonProblem(item.at, '__depends__ is no literal set of names')
  })
}

function truthOf(value: Value): boolean {
  if (value.kind === 'constant') return value.name === 'True'
  throw new PythonProblem(value.at, '__transactional__ is neither True nor False')
}

function inWords(value: Value): string {
  if (value.kind === 'name') return `"${value.name}"`
  if (value.kind === 'call') return `"${value.name}(…)"`
  return value.kind === 'constant' ? value.name : `a ${value.kind}`
}

function firstWords(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
