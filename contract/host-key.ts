import { z } from 'zod'
// For its effect: schemas that are made before it compile parsers, which the window's security policy forbids.
import './text'

/** An SSH server's key that nobody knows yet: main asks the person in a dialog of its own, never the window. */
export const hostKeyQuestion = z.strictObject({
  /** The server as the profile or the SSH configuration calls it, with its port. */
  server: z.string().max(1100),
  /** Where it really is. */
  host: z.string().max(1024),
  port: z.number().int().min(1).max(65535),
  /** ED25519, ECDSA or RSA. */
  keyType: z.string().max(64),
  /** `SHA256:` and base64, as ssh prints it. */
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/),
})
/** An SSH server's key that nobody knows yet. */
export type HostKeyQuestion = z.output<typeof hostKeyQuestion>

/** Trust it from now on, for the time being, or not at all. */
export const hostKeyAnswer = z.enum(['trust', 'once', 'cancel'])
/** Trust it from now on, for the time being, or not at all. */
export type HostKeyAnswer = z.output<typeof hostKeyAnswer>
