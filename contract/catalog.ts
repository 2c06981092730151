import { z } from 'zod'
import { oid } from './text'

/** Kinds of relations in PostgreSQL's words (`pg_class.relkind`). */
export const relationKind = z.enum([
  'table',
  'partitioned table',
  'view',
  'materialized view',
  'sequence',
  'foreign table',
])
/** Kinds of relations. */
export type RelationKind = z.output<typeof relationKind>

/** A relation as the explorer lists it. */
export const relation = z.strictObject({
  oid,
  name: z.string(),
  kind: relationKind,
  /** Planner's estimate (`reltuples`); null when never analysed. */
  estimatedRows: z.number().nullable(),
  /** True for a partition: listed under its parent by the explorer. */
  parentOid: oid.nullable(),
  comment: z.string().nullable(),
})
/** A relation. */
export type Relation = z.output<typeof relation>

/** A function, procedure, aggregate or window function; overloads have one entry each. */
export const routine = z.strictObject({
  oid,
  name: z.string(),
  kind: z.enum(['function', 'procedure', 'aggregate', 'window function']),
  /** `pg_get_function_identity_arguments`. */
  arguments: z.string(),
  /** `pg_get_function_result`; null for a procedure. */
  result: z.string().nullable(),
})
/** A routine. */
export type Routine = z.output<typeof routine>

/** A type that users define. */
export const userType = z.strictObject({
  oid,
  name: z.string(),
  kind: z.enum(['enum', 'domain', 'composite type', 'range', 'multirange', 'base type']),
  /** Labels of an enum, base type of a domain, attributes of a composite type. */
  definition: z.string(),
})
/** A user type. */
export type UserType = z.output<typeof userType>

/** A schema with everything the explorer lists in it, each sorted by name. */
export const schema = z.strictObject({
  oid,
  name: z.string(),
  relations: z.array(relation),
  routines: z.array(routine),
  types: z.array(userType),
})
/** A schema. */
export type Schema = z.output<typeof schema>

/** A question that the server could not answer as PostgreSQL does: a look-alike without some catalogs, or a role that may not read them. */
export const missingPart = z.strictObject({
  part: z.enum(['schemas', 'relations', 'routines', 'types', 'changes', 'columns', 'indexes', 'constraints']),
  /** True when nothing of it is known; false when a plainer question was answered, with fewer particulars. */
  isLeftOut: z.boolean(),
  /** Why, in the server's words. */
  message: z.string(),
})
/** A question that the server could not answer as PostgreSQL does. */
export type MissingPart = z.output<typeof missingPart>

/** The explorer's tree; system schemas are left out. */
export const catalog = z.strictObject({
  database: z.string(),
  schemas: z.array(schema),
  /** Empty on a PostgreSQL whose catalogs the role may read. */
  missing: z.array(missingPart),
  /** Changes whenever DDL was committed; equal means nothing changed. */
  fingerprint: z.string(),
})
/** The explorer's tree. */
export type Catalog = z.output<typeof catalog>

/** A column of a relation. */
export const column = z.strictObject({
  name: z.string(),
  /** `format_type`, e.g. `numeric(12,2)`. */
  type: z.string(),
  isNotNull: z.boolean(),
  /** Default or generation expression as the server prints it. */
  default: z.string().nullable(),
  identity: z.enum(['always', 'by default']).nullable(),
  isGenerated: z.boolean(),
  isPrimaryKey: z.boolean(),
  isUnique: z.boolean(),
  /** Referenced relation and column, e.g. `departments.id`; null when the column is in no foreign key. */
  references: z.string().nullable(),
  comment: z.string().nullable(),
})
/** A column of a relation. */
export type Column = z.output<typeof column>

/** An index of a relation. */
export const index = z.strictObject({
  name: z.string(),
  definition: z.string(),
  isUnique: z.boolean(),
  isPrimary: z.boolean(),
  /** False for the rest of a failed CREATE INDEX CONCURRENTLY. */
  isValid: z.boolean(),
})
/** An index. */
export type Index = z.output<typeof index>

/** A constraint of a relation. */
export const constraint = z.strictObject({
  name: z.string(),
  kind: z.enum(['primary key', 'unique', 'foreign key', 'check', 'exclusion', 'not null', 'trigger']),
  /** `pg_get_constraintdef`. */
  definition: z.string(),
  isValidated: z.boolean(),
})
/** A constraint. */
export type Constraint = z.output<typeof constraint>

/** What is shown under a relation when it is opened. */
export const relationDetail = z.strictObject({
  oid,
  columns: z.array(column),
  indexes: z.array(index),
  constraints: z.array(constraint),
  missing: z.array(missingPart),
})
/** What is shown under a relation. */
export type RelationDetail = z.output<typeof relationDetail>
