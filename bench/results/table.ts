/** The table that is read: ten columns of the usual kinds, one of them half NULL. */
export const TABLE = (rows: number) => `
  create unlogged table t as select
    i::bigint as id,
    (i::bigint * 7919 % 100000)::int as amount,
    substr(md5(i::text) || md5((i + 1)::text), 1, 20 + (i % 41)::int) as title,
    timestamptz '2020-01-01 00:00:00.123456+00' + i * interval '61.7 s' as at,
    (i * 1.37)::numeric(12, 2) as price,
    jsonb_build_object('id', i, 'tags', jsonb_build_array('a', i % 7)) as facts,
    i % 3 = 0 as is_open,
    md5(i::text)::uuid as code,
    sqrt(i)::float8 as weight,
    case when i % 2 = 0 then md5((i * 3)::text) end as note
  from generate_series(1, ${rows}) i;
  vacuum analyze t;`

/** What is read. */
export const QUERY = 'select * from t'

/** Columns that the rows are sorted by: an int8, and a text. */
export const SORTED_COLUMNS = ['id', 'title'] as const
