import { z } from 'zod'

// zod compiles parsers with `new Function`; the window's CSP and the engine's flags forbid that.
z.config({ jitless: true })

/** Text the user typed into a form field: no control characters, because PostgreSQL's start-up message is NUL-separated. */
export function fieldText(max: number): z.ZodString {
  return z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters')
}

/** Largest SQL text that crosses at once, in UTF-16 units. */
export const MAX_SCRIPT_UNITS = 64 * 1024 * 1024

/** SQL text as typed or read from a file. */
export const scriptText: z.ZodString = z.string().max(MAX_SCRIPT_UNITS)

/** A whole number from 0. */
export const count: z.ZodNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** Milliseconds, not negative. */
export const milliseconds: z.ZodNumber = z.number().min(0)

/** An object identifier (`oid`) of a PostgreSQL catalog: unsigned 32 bits. */
export const oid: z.ZodNumber = z.number().int().min(0).max(4_294_967_295)

/** An opaque identifier minted by the engine or the window: 1 to 64 characters of [A-Za-z0-9_-]. */
export const opaqueId: z.ZodString = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** Bytes that cross as they are. */
export const bytes: z.ZodType<Uint8Array> = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
