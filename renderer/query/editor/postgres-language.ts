import * as monaco from 'monaco-editor/editor'
import { conf, language } from 'monaco-editor/languages/definitions/pgsql/pgsql'

// Words that begin or shape a statement but are not reserved, and so are missing in the library's list (PostgreSQL documentation,
// "SQL Key Words"). Unreserved words that are mostly names (name, value, type, data) are left out.
const MORE_KEYWORDS = `ABORT ADD ALTER ALWAYS ATOMIC ATTACH BEFORE BEGIN BY CALL CASCADE CHECKPOINT CLOSE CLUSTER COMMENT COMMIT
  COMMITTED CONSTRAINTS COPY CUBE CURRENT CYCLE DEALLOCATE DECLARE DEFINER DELETE DETACH DISABLE DISCARD DROP EACH ENABLE EXCLUDE
  EXCLUDING EXECUTE EXPLAIN EXTENSION FETCH FILTER FIRST FOLLOWING FUNCTION GENERATED GROUPING HOLD IF INCLUDE INCLUDING INCREMENT
  INDEX INHERIT INSERT INSTEAD INVOKER ISOLATION LANGUAGE LAST LEVEL LISTEN LOCK LOGGED MATCHED MATERIALIZED MAXVALUE MERGE MINVALUE
  MOVE NEXT NO NOTHING NOTIFY NOWAIT NULLS OF OLD NEW OVER OVERRIDING OWNED OWNER PARTITION POLICY PRECEDING PREPARE PRESERVE
  PRIVILEGES PROCEDURE PUBLICATION RANGE READ RECURSIVE REFRESH REINDEX RELEASE RENAME REPEATABLE REPLACE RESET RESTART RESTRICT
  RETURN RETURNS REVOKE ROLE ROLLBACK ROLLUP ROW ROWS RULE SAVEPOINT SCHEMA SCROLL SECURITY SEQUENCE SERIALIZABLE SET SETS SHARE SHOW
  SKIP STABLE START STATISTICS STORED STRICT SUBSCRIPTION TABLES TABLESPACE TEMP TEMPORARY TRANSACTION TRIGGER TRUNCATE UNBOUNDED
  UNCOMMITTED UNLISTEN UNLOGGED UPDATE USING VACUUM VALID VALIDATE VALUES VIEW VIEWS VOLATILE WITHIN WITHOUT WORK WRITE ZONE
  BETWEEN EXISTS INOUT OUT JOIN INNER LEFT RIGHT FULL CROSS OUTER NATURAL LIKE ILIKE IN IS ISNULL NOTNULL OVERLAPS SIMILAR AND OR NOT
  RAISE NOTICE WARNING EXCEPTION PERFORM LOOP ELSIF`

const SPACES = /\s+/

/** PostgreSQL's language for the editor: the library's word lists, with the lexical rules of the server's own scanner. */
export function registerPostgres(): void {
  const keywords = new Set([...(language.keywords as string[]), ...MORE_KEYWORDS.split(SPACES)])
  // The library calls these operators; they read as keywords.
  const operators = (language.operators as string[]).filter((word) => !/^[A-Z]+$/.test(word))
  monaco.languages.register({ id: 'pgsql', extensions: ['.sql'] })
  monaco.languages.setLanguageConfiguration('pgsql', conf)
  monaco.languages.setMonarchTokensProvider('pgsql', {
    ...language,
    keywords: [...keywords],
    operators,
    tokenizer: {
      ...language.tokenizer,
      root: [
        { include: '@comments' },
        { include: '@whitespace' },
        [/[eE]'/, { token: 'string', next: '@escapedString' }],
        [/(?:[bBxXnN]|[uU]&)'/, { token: 'string', next: '@string' }],
        [/'/, { token: 'string', next: '@string' }],
        [/[uU]&"/, { token: 'identifier.quote', next: '@quotedIdentifier' }],
        // The body stays readable SQL; only its quotes look like quotes.
        [/\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/, 'string'],
        [/\$\d+/, 'parameter'],
        [/::/, 'operator'],
        [/:[A-Za-z_]\w*/, 'parameter'],
        [/0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+/, 'number'],
        [/(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?/, 'number'],
        { include: '@complexIdentifiers' },
        [/[;,.]/, 'delimiter'],
        [/[()[\]]/, '@brackets'],
        [
          /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*(?=\s*\()/,
          { cases: { '@keywords': 'keyword', '@default': 'predefined' } },
        ],
        [/[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/, { cases: { '@keywords': 'keyword', '@default': 'identifier' } }],
        [/[<>=!%&+\-*/|~^@#?`]/, 'operator'],
      ],
      comments: [
        [/--.*$/, 'comment'],
        [/\/\*/, { token: 'comment', next: '@comment' }],
      ],
      comment: [
        [/[^*/]+/, 'comment'],
        [/\/\*/, { token: 'comment', next: '@push' }], // they nest
        [/\*\//, { token: 'comment', next: '@pop' }],
        [/./, 'comment'],
      ],
      escapedString: [
        [/[^'\\]+/, 'string'],
        [/\\./, 'string'],
        [/''/, 'string'],
        [/'/, { token: 'string', next: '@pop' }],
      ],
    },
  })
}
