import type { Node } from 'libpg-query'

/** Calls `visit` for every node in a tree, the outer ones first, with the name and the body of each. */
export function walkTree(tree: unknown, visit: (name: string, body: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(tree)) {
    for (const one of tree) walkTree(one, visit)
    return
  }
  if (typeof tree !== 'object' || tree === null) return
  for (const [name, body] of Object.entries(tree)) {
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) visit(name, body)
    walkTree(body, visit)
  }
}

/** The name and the body of a node: `{ DeleteStmt: … }`. */
export function nodeParts(node: Node): readonly [name: string, body: Readonly<Record<string, unknown>>] {
  return Object.entries(node)[0] as [string, Readonly<Record<string, unknown>>] // a node has exactly one property: its kind
}

/** A node as text without the places where its parts stand: two that mean the same have the same. */
export function sameText(node: Node | undefined): string {
  return JSON.stringify(node, (key, value: unknown) => (key === 'location' ? undefined : value))
}
