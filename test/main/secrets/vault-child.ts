import { createHash } from 'node:crypto'
import { Vault } from '../../../electron/main/secrets/vault'

/** Puts one secret after the other into the vault, and writes the number of each that was kept, until it is killed. */
const [file = '', passphrase = '', seal = ''] = process.argv.slice(2)
const derive = async (text: string, salt: Buffer) => createHash('sha256').update(salt).update(text).digest()
const vault = new Vault({ file, note: () => {}, derive })
if (!(await vault.unlock(passphrase))) await vault.create(passphrase)
const before = vault.state.secrets
for (let number = before; ; number += 1) {
  await vault.put({ profileId: `p${number}`, kind: 'password', slot: 'kept' }, seal, `secret ${number}`)
  await new Promise((resolve) => process.stdout.write(`${number}\n`, resolve))
}
