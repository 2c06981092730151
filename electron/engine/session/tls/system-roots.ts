import { readFile } from 'node:fs/promises'
import tls from 'node:tls'

/** Where Linux distributions keep the roots they trust, in one file. Source: Go's crypto/x509, root_linux.go. */
const BUNDLES: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // RHEL, CentOS
  '/etc/ssl/cert.pem', // Alpine
]

/** PEM of the roots this computer trusts, the administrator's own included; throws when there are none. */
export async function readSystemRoots(
  platform: NodeJS.Platform = process.platform,
  bundles: readonly string[] = BUNDLES,
): Promise<readonly string[]> {
  // Elsewhere they lie in no file. A Node that cannot ask the system has Mozilla's list with it.
  const { getCACertificates } = tls as { readonly getCACertificates?: (type: 'system') => string[] } // Node 22.15 and newer
  if (platform !== 'linux') return getCACertificates?.('system') ?? tls.rootCertificates
  for (const path of bundles) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return [text]
  }
  throw new Error(`none of ${bundles.join(', ')} holds certificates`)
}
