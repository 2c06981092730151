import type { Target } from './profile'

/** True for hosts that no network lies before: a Unix socket's folder, this computer's names and its loopback addresses. */
export function isLocalHost(host: string): boolean {
  // A name may begin like an address and lead anywhere: 127.0.0.1.example.net.
  return /^(\/.*|localhost|.+\.localhost|127(\.\d{1,3}){3}|::1)$/is.test(host.trim())
}

/** True where a login can go over a network unencrypted without an error: the person is to accept that before a password is taken. */
export function mayGoUnencrypted({ host, tlsMode }: Pick<Target, 'host' | 'tlsMode'>): boolean {
  return (tlsMode === 'disable' || tlsMode === 'allow' || tlsMode === 'prefer') && !isLocalHost(host)
}
