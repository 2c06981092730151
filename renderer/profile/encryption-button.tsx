import { Lock, LockOpen } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components'
import type { Profile } from '../../contract/profile'
import type { SessionFacts } from '../../contract/session'
import { Button } from '../ui/button'
import './encryption.css'
import { AUTHENTICATION_WORDS, encryptionWords } from './encryption-words'

/** The lock of the title bar: what was verified on the connection, and all that is known of it one press away. */
export function EncryptionButton(props: { readonly profile: Profile; readonly facts: SessionFacts }): ReactNode {
  const { profile, facts } = props
  const words = encryptionWords({ tls: facts.tls, profile })
  const isUnasked = facts.authentication === 'none'
  const Icon = words.isVerified ? Lock : LockOpen
  return (
    <DialogTrigger>
      <Button variant="bare" className="encryption" aria-label={`Connection security: ${words.title}`}>
        <Icon className="i i12" aria-hidden />
        <span className="small cut">
          {words.short}
          {isUnasked ? ', no password asked' : ''}
        </span>
      </Button>
      <Popover className="menu encryption-facts" placement="bottom start" offset={4}>
        <Dialog className="selectable" aria-label="Connection security">
          <Heading slot="title" className={words.isVerified ? 'good' : 'bad'}>
            <Icon className="i" aria-hidden />
            <bdi>{words.title}</bdi>
          </Heading>
          <p className="small t2">{words.meaning}</p>
          <dl className="facts">
            {factsOf(facts).map(([name, value, isMono]) => (
              <div key={name} className="fact">
                <dt>{name}</dt>
                <dd className={isMono === true ? 'mono' : ''}>
                  <bdi>{breakable(value)}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

/** A fingerprint breaks between its bytes. */
function breakable(value: string): ReactNode {
  return value.split(/(?<=:)/).map((part, index) => (
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ))
}

type Fact = readonly [name: string, value: string, isMono?: boolean]

function factsOf({ tlsFacts, authentication, isChannelBound, passwordFile }: SessionFacts): readonly Fact[] {
  const login: Fact[] = [
    ['Login', AUTHENTICATION_WORDS[authentication]],
    ...(passwordFile === undefined ? [] : [['Password from', passwordFile, true] as const]),
    ['Channel binding', isChannelBound ? 'yes: the login is good for this TLS connection alone' : 'no'],
  ]
  if (tlsFacts === null) return login
  const { protocol, cipher, subject, issuer, names, validFrom, validTo, fingerprint, roots } = tlsFacts
  return [
    ['Encryption', `${protocol}, ${cipher}`, true],
    ['Certificate', subject === '' ? 'without a subject' : subject],
    ['Issued by', issuer],
    ['Names', names.length === 0 ? 'none' : names.join(', '), true],
    ['Valid', `${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}`],
    ['SHA-256', fingerprint, true],
    ['Verified with', roots === null ? 'nothing' : roots === 'system' ? 'the roots this computer trusts' : roots],
    ['Revocation list', tlsFacts.hasRevocationList ? 'checked' : 'none'],
    ['Client certificate', tlsFacts.hasClientCertificate ? 'shown when the server asks for one' : 'none'],
    ...login,
  ]
}
