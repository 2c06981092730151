import type { SecretKey, SecretShelf } from './shelf'

/** Secrets until the app quits. */
export function createMemoryShelf(): SecretShelf {
  const kept = new Map<string, { readonly key: SecretKey; readonly seal: string; readonly secret: string }>()
  return {
    put: async (key, seal, secret) => {
      kept.set(nameOf(key), { key, seal, secret })
    },
    look: async (key, seal) => {
      const found = kept.get(nameOf(key))
      if (found === undefined) return { state: 'none' }
      return found.seal === seal ? { state: 'found', secret: found.secret } : { state: 'other target' }
    },
    promote: async (profileId, kind) => {
      const offered = { profileId, kind, slot: 'offered' } as const
      const found = kept.get(nameOf(offered))
      if (found === undefined) return
      const key = { profileId, kind, slot: 'kept' } as const
      kept.set(nameOf(key), { ...found, key })
      kept.delete(nameOf(offered))
    },
    remove: async (key) => {
      kept.delete(nameOf(key))
    },
    forget: async (profileId) => {
      for (const [name, { key }] of kept) if (key.profileId === profileId) kept.delete(name)
    },
  }
}

function nameOf({ profileId, kind, slot }: SecretKey): string {
  return `${profileId} ${kind} ${slot}`
}
