import type { Node, RangeVar } from 'libpg-query'
import { relationName, strings } from '../../parse/names'

/** The relations that the statements of a file made so far. */
export class Made {
  private readonly names = new Set<string>()
  private readonly values: string[] = []

  /** True for a relation made above, and for a temporary one: nobody else can be using it. */
  has(relation: RangeVar | undefined): boolean {
    return relation?.relpersistence === 't' || this.names.has(relationName(relation))
  }

  hasName(name: string): boolean {
    return this.names.has(name)
  }

  /** Notes what a statement makes. */
  note(tree: Node): void {
    // A relation that may have been there before is not new.
    if ('CreateStmt' in tree) {
      if (tree.CreateStmt.if_not_exists !== true && tree.CreateStmt.partbound === undefined)
        this.add(tree.CreateStmt.relation)
    } else if ('CreateTableAsStmt' in tree) {
      if (tree.CreateTableAsStmt.if_not_exists !== true) this.add(tree.CreateTableAsStmt.into?.rel)
    } else if ('SelectStmt' in tree) this.add(tree.SelectStmt.intoClause?.rel)
    else if ('IndexStmt' in tree) this.noteIndex(tree.IndexStmt.idxname, tree.IndexStmt.relation)
    else if ('RenameStmt' in tree) {
      const { relation, newname, renameType } = tree.RenameStmt
      if (renameType === 'OBJECT_TABLE' && this.has(relation)) this.add({ ...relation, relname: newname ?? '' })
    } else if ('AlterEnumStmt' in tree) {
      const { newVal, oldVal, typeName } = tree.AlterEnumStmt
      if (newVal !== undefined && oldVal === undefined && !this.hasType(strings(typeName))) this.values.push(newVal)
    } else if ('CreateEnumStmt' in tree) this.names.add(`type ${strings(tree.CreateEnumStmt.typeName).join('.')}`)
  }

  /** Values added above to enum types that were there before. */
  get enumValues(): readonly string[] {
    return this.values
  }

  /** True for an enum type made above. */
  hasType(name: readonly string[]): boolean {
    return this.names.has(`type ${name.join('.')}`)
  }

  private noteIndex(name: string | undefined, table: RangeVar | undefined): void {
    if (name === undefined || !this.has(table)) return
    this.add({ ...table, relname: name })
  }

  private add(relation: RangeVar | undefined): void {
    if (relation !== undefined) this.names.add(relationName(relation))
  }
}
