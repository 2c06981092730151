import { z } from 'zod'
// Sets zod up before its first schema is made: the window allows no code from strings.
import './text'

/** Ways in which a server may ask a role to prove itself, in libpq's words; `none` is a server that lets in without asking. */
export const authenticationMethod = z.enum(['scram-sha-256', 'md5', 'password', 'none'])
/** Ways in which a server may ask a role to prove itself. */
export type AuthenticationMethod = z.output<typeof authenticationMethod>
