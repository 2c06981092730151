import { z } from 'zod'
import { foreignTool, migrationName } from './migration'
import { profileId } from './profile'
import { fieldText } from './text'

/** Name of a folder that is made beside another one: no path. */
export const newFolderName = fieldText(120)
  .min(1)
  .regex(/^[^/\\\p{Cc}]+$/u)
  .refine((name) => name !== '.' && name !== '..' && name.trim() === name)

/** What a migration of another tool becomes. */
export const convertedMigration = z.strictObject({
  /** The file it is copied from. */
  file: z.string(),
  /** Name of the pair it becomes. */
  name: migrationName,
  title: z.string(),
  isApplied: z.boolean(),
  /** Why the pair has no down file; null when it has one. */
  irreversible: z.string().nullable(),
})

/** What "Convert to native" would do. With refusals nothing of it can be done. */
export const conversionPlan = z.strictObject({
  /** Stands for exactly these files and this history; a conversion with an old digest is refused. */
  digest: z.string(),
  tool: foreignTool,
  folder: z.string(),
  /** The folder in which the new one is made. */
  parent: z.string(),
  /** A name for the new folder that is free. */
  name: z.string(),
  /** In the tool's order; those that are applied first, in the order of its history. */
  migrations: z.array(convertedMigration),
  refusals: z.array(z.string()),
  database: z.string(),
})
/** What "Convert to native" would do. */
export type ConversionPlan = z.output<typeof conversionPlan>

/** Converts exactly what was shown into a new folder of that name. */
export const conversionInput = z.strictObject({ profileId, name: newFolderName, digest: z.string().max(200) })
/** Converts exactly what was shown. */
export type ConversionInput = z.output<typeof conversionInput>
