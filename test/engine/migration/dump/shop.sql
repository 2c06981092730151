create schema shop;
create type shop.mood as enum ('glad', 'sad; really');
create domain shop.code as text check (value ~ '^[A-Z]{3}$');
create table shop.customer (
  id int generated always as identity primary key,
  name text not null default 'no name; yet',
  mood shop.mood,
  born date,
  note text
);
create table public.orders (
  id bigserial primary key,
  customer_id int references shop.customer (id) on delete cascade,
  code shop.code,
  total numeric(12, 2) not null check (total >= 0),
  lines jsonb,
  gone boolean default false
);
create index orders_total on public.orders (total) where not gone;
create view shop.spent as select customer_id, sum(total) as total from public.orders group by 1;
create function shop.touch() returns trigger language plpgsql as $fn$
begin
  new.note := coalesce(new.note, '') || ';'; -- a ; in a body
  return new;
end
$fn$;
create trigger touched before update on shop.customer for each row execute function shop.touch();
comment on table shop.customer is 'Who buys; with a semicolon and a \. in it';
insert into shop.customer (name, mood, born, note) values
  ('Ada', 'glad', '1815-12-10', E'tab\there\nand a new line'),
  ('Łukasz 🎉', 'sad; really', null, E'back\\slash and \\. and \\N'),
  ('', null, '2000-02-29', null),
  (E'\\.', 'glad', null, 'looks like the end');
insert into public.orders (customer_id, code, total, lines) values
  (1, 'ABC', 12.50, '[{"a": "x;y"}]'), (2, 'DEF', 0, null), (2, null, 99999.99, '{"b": "\\n"}');
