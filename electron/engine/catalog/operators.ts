/** PostgreSQL's own `=`, whatever operators the database holds. */
export const EQ = 'OPERATOR(pg_catalog.=)'
/** PostgreSQL's own `<>`, whatever operators the database holds. */
export const NE = 'OPERATOR(pg_catalog.<>)'
/** PostgreSQL's own `<`, whatever operators the database holds. */
export const LT = 'OPERATOR(pg_catalog.<)'
/** PostgreSQL's own `>`, whatever operators the database holds. */
export const GT = 'OPERATOR(pg_catalog.>)'
/** PostgreSQL's own `*`, whatever operators the database holds. */
export const TIMES = 'OPERATOR(pg_catalog.*)'
/** PostgreSQL's own `-`, whatever operators the database holds. */
export const MINUS = 'OPERATOR(pg_catalog.-)'
/** PostgreSQL's own `||`, whatever operators the database holds. */
export const JOIN = 'OPERATOR(pg_catalog.||)'
