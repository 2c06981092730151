import type { Failure, PostgresFailure } from '../../../contract/failure'
import type { Notice } from '../../../contract/query'
import { FailureError } from '../failure-error'

/** SQLSTATE of a statement that was cancelled: by us, by a timeout, or by an administrator. */
export const QUERY_CANCELED = '57014'

type Fields = Readonly<Record<string, unknown>>

/** The failure for an error the server sent, with every field it gave; null when the error is not the server's. */
export function postgresFailure(error: unknown): PostgresFailure | null {
  const fields = fieldsOf(error)
  const code = text(fields, 'code')
  const severity = text(fields, 'severity')
  if (code === undefined || severity === undefined || !/^[0-9A-Z]{5}$/.test(code)) return null
  const position = Number(text(fields, 'position') ?? '')
  return {
    kind: 'postgres',
    severity,
    code,
    message: text(fields, 'message') ?? '',
    ...given('detail', text(fields, 'detail')),
    ...given('hint', text(fields, 'hint')),
    ...(Number.isInteger(position) && position > 0 ? { position } : {}),
    ...given('internalQuery', text(fields, 'internalQuery')),
    ...given('where', text(fields, 'where')),
    ...given('schema', text(fields, 'schema')),
    ...given('table', text(fields, 'table')),
    ...given('column', text(fields, 'column')),
    ...given('dataType', text(fields, 'dataType')),
    ...given('constraint', text(fields, 'constraint')),
  }
}

/** True for errors after which the server ends the session: FATAL and PANIC, or a terminated backend. */
export function endsSession(error: unknown): boolean {
  const severity = text(fieldsOf(error), 'severity')
  return severity === 'FATAL' || severity === 'PANIC'
}

/** The failure with its position counted in characters of the statement: a database in SQL_ASCII counts bytes. */
export function withPositionOf(failure: Failure, statement: string): Failure {
  if (failure.kind !== 'postgres' || failure.position === undefined) return failure
  const before = Buffer.from(statement).subarray(0, failure.position - 1)
  return { ...failure, position: [...before.toString()].length + 1 }
}

/** A notice as the server sent it. */
export function noticeOf(message: unknown): Notice {
  const fields = fieldsOf(message)
  return {
    severity: text(fields, 'severity') ?? 'NOTICE',
    code: text(fields, 'code') ?? '00000',
    message: text(fields, 'message') ?? '',
    ...given('detail', text(fields, 'detail')),
    ...given('hint', text(fields, 'hint')),
    ...given('where', text(fields, 'where')),
  }
}

/** The failure inside any error; null for a defect of ours. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof FailureError) return error.failure
  return postgresFailure(error)
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function given<N extends string>(name: N, value: string | undefined): { [K in N]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [K in N]?: string })
}
