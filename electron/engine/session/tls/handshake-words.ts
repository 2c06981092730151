import type { Target } from '../../../../contract/profile'

/** An error of the TLS handshake in words: `code` is the runtime's, which names OpenSSL's. */
export function handshakeWords(
  code: string | undefined,
  said: string,
  target: Target,
): { readonly message: string; readonly advice: string } {
  const isDirect = target.tlsNegotiation === 'direct'
  const unsent = 'The connection was closed before the password was sent.'
  const file = target.rootCertificate ?? '~/.postgresql/root.crt'
  const roots = file === 'system' ? 'the roots this computer trusts' : file
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return {
        message: "The server's certificate has expired.",
        advice: `Renew it on the server, or that of its CA. Check the clock of this computer. ${unsent}`,
      }
    case 'CERT_NOT_YET_VALID':
      return {
        message: "The server's certificate is not valid yet.",
        advice: `Check the clock of this computer and of the server. ${unsent}`,
      }
    case 'CERT_REVOKED':
      return {
        message: "The server's certificate was revoked.",
        advice: `Its CA has taken it back: it may have been stolen. The server needs a new one. ${unsent}`,
      }
    case 'UNABLE_TO_GET_CRL':
    case 'CRL_HAS_EXPIRED':
    case 'CRL_NOT_YET_VALID':
    case 'CRL_SIGNATURE_FAILURE':
      return {
        message: "Whether the server's certificate was revoked could not be checked.",
        advice: `The revocation list must hold a list that is valid now, of every CA in the chain (${said}). ${unsent}`,
      }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        message: "The server's certificate is self-signed, and not trusted.",
        advice: `It could not be verified with ${roots}. If it is your server's own, get the certificate from it and choose it as CA file. ${unsent}`,
      }
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
      return {
        message: "The server's certificate was not issued by a trusted CA.",
        advice: `It could not be verified with ${roots}. Choose the CA file that matches; a server with an intermediate CA must send that one too. ${unsent}`,
      }
    case 'INVALID_CA':
    case 'INVALID_PURPOSE':
    case 'PATH_LENGTH_EXCEEDED':
      return {
        message: "The server's certificate must not be used for this.",
        advice: `It was issued for another purpose, or by a certificate that may issue none (${said}). ${unsent}`,
      }
  }
  if (
    code !== undefined &&
    /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/.test(code)
  )
    return {
      message: 'The server did not accept the client certificate.',
      advice: `It said: ${alertOf(said)}. Choose a certificate from a CA that the server trusts, and its key.`,
    }
  if (code !== undefined && /WRONG_VERSION_NUMBER|PACKET_LENGTH|UNKNOWN_PROTOCOL|NOT_SSL/.test(code))
    return {
      message: 'What the server sent as TLS is not TLS.',
      advice: isDirect
        ? 'Direct negotiation needs PostgreSQL 17 or newer: let the negotiation begin as usual.'
        : 'Somebody between here and the server may have put it there, or it is no PostgreSQL. Check host and port.',
    }
  if (code !== undefined && /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS/.test(code))
    return {
      message: 'The server only has versions of TLS that are too old.',
      advice: 'TLS 1.2 is the oldest that is used: see ssl_max_protocol_version on the server.',
    }
  return {
    message: `TLS failed: ${said}.`,
    advice: 'Check the TLS mode, and that the server supports TLS 1.2 or newer.',
  }
}

/** The last words of OpenSSL's line: `…:SSL alert number 48`, `tlsv1 alert unknown ca`. */
function alertOf(said: string): string {
  return /alert ([a-z ]+)/i.exec(said.replaceAll('_', ' '))?.[1]?.toLowerCase() ?? said
}
