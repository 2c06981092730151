import type { Client } from 'pg'

/** Where the driver tells of the server's messages; pg's types leave it out. */
export function connectionOf(
  client: Client,
): NodeJS.EventEmitter<{ parameterStatus: [{ readonly parameterName: string }] }> {
  return (client as unknown as { connection: ReturnType<typeof connectionOf> }).connection
}

/** The key of the cancel request; pg's types leave it out. Zeros, which are nobody's, where the server gave none. */
export function keyOf(client: Client): { readonly processID: number; readonly secretKey: number } {
  const { processID, secretKey } = client as unknown as { processID: number | null; secretKey: number | null }
  return { processID: processID ?? 0, secretKey: secretKey ?? 0 }
}
