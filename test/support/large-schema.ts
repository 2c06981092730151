/** SQL of a schema "big" with so many tables, each with keys, indexes, a trigger, a policy and comments, and a view for every fifth. */
export function largeSchema(tables: number): string {
  return `create schema big;
    create function big.touch() returns trigger language plpgsql as $$ begin return new; end $$;
    do $$ begin
      for i in 1..${tables} loop
        execute format('create table big.t%1$s (id bigint generated always as identity primary key, name text not null default '''',
          amount numeric(12, 2) check (amount >= 0), code varchar(20) unique, made timestamptz default now(), parent bigint)', i);
        execute format('create index on big.t%1$s (name); create index on big.t%1$s (made)', i);
        if i > 1 then execute format('alter table big.t%1$s add foreign key (parent) references big.t%2$s', i, i - 1); end if;
        execute format('create trigger touch before update on big.t%1$s for each row execute function big.touch()', i);
        execute format('alter table big.t%1$s enable row level security; create policy own on big.t%1$s using (true)', i);
        execute format('comment on table big.t%1$s is ''table %1$s''; comment on column big.t%1$s.name is ''name''', i);
        if i % 5 = 0 then execute format('create view big.v%1$s as select id, name from big.t%1$s', i); end if;
      end loop;
    end $$`
}
