import type { Session } from '../session/session'

/** Checks in the open transaction what its COMMIT would check; what follows finds the constraints as deferred as they are declared. */
export async function checkConstraints(session: Session): Promise<void> {
  await session.query('set constraints all immediate')
  // Said of all, so that it holds for constraints that are made later in this transaction too.
  await session.query('set constraints all deferred')
  const { rows } = await session.query(
    `select distinct pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.conname)
     from pg_catalog.pg_constraint c join pg_catalog.pg_namespace n on n.oid = c.connamespace
     where c.condeferrable and not c.condeferred`,
  )
  if (rows.length > 0) await session.query(`set constraints ${rows.map(([name]) => name).join(', ')} immediate`)
}
