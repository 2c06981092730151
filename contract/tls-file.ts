import { z } from 'zod'

/** The files of TLS that a target may name, by the names they have there. */
export const tlsFile = z.enum(['rootCertificate', 'clientCertificate', 'clientKey', 'revocationList'])
/** One of the files of TLS that a target may name. */
export type TlsFile = z.output<typeof tlsFile>
