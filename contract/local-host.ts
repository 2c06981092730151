/** True for hosts that no network lies before: a Unix socket's folder, this computer's names and its loopback addresses. */
export function isLocalHost(host: string): boolean {
  // A name may begin like an address and lead anywhere: 127.0.0.1.example.net.
  return /^(\/.*|localhost|.+\.localhost|127(\.\d{1,3}){3}|::1)$/is.test(host.trim())
}
