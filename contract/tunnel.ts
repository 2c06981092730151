import { z } from 'zod'
import { sshHop } from './profile'

/** A tunnel as the form holds it, to be told where it really leads. */
export const tunnelQuestion = z.strictObject({ tunnel: z.array(sshHop).min(1).max(4) })

/** One SSH server on the way, after the SSH configuration was read; nothing was connected to. */
export const resolvedHop = z.strictObject({
  /** Place in the profile's tunnel, from 0; null for a jump host that only the configuration names. */
  index: z.number().int().min(0).max(3).nullable(),
  /** As it was asked for. */
  name: z.string(),
  host: z.string(),
  port: z.number().int(),
  user: z.string(),
  /** Private keys that would be tried, in order. */
  keyFiles: z.array(z.string()),
  hasAgent: z.boolean(),
  /** Words of the configuration that may concern it and are not read, with their places. */
  unread: z.array(z.string()),
})
/** One SSH server on the way, after the SSH configuration was read. */
export type ResolvedHopWords = z.output<typeof resolvedHop>
