-- The register: which events were accepted, how many of each key, and what they made known.

-- One row per accepted event; its name is the first 16 bytes of
-- sha256(convert_to(source, 'UTF8') || '\x00' || convert_to(id, 'UTF8')) as two numbers.
create table accepted (
    high bigint not null,
    low bigint not null,
    primary key (high, low)
);

-- Takes all names, and returns those that were taken before. Nearly always none was, so a plain insert,
-- which costs half of one with ON CONFLICT, is tried first; a single repeat makes it start over.
create function claim_names(highs bigint[], lows bigint[]) returns table (taken_high bigint, taken_low bigint)
language plpgsql as $$
begin
    insert into accepted (high, low) select * from unnest(highs, lows);
exception when unique_violation then
    return query
        with fresh as (
            insert into accepted (high, low) select * from unnest(highs, lows)
            on conflict do nothing returning accepted.high, accepted.low)
        select n.high, n.low from unnest(highs, lows) as n (high, low)
        where not exists (select from fresh f where f.high = n.high and f.low = n.low);
end
$$;

-- How many events of a key were accepted; kind 0: organisations, 1: projects, 2: reference.
-- Room is left in each page, so that counting touches no index.
create table subject (
    kind integer not null check (kind between 0 and 2),
    key text collate "C" not null,
    number bigint not null check (number >= 0),
    primary key (kind, key)
) with (fillfactor = 40);

create table application (
    application text collate "C" primary key,
    organisation text collate "C" not null,
    measure text collate "C" not null,
    submitted_on date not null
);

-- The facts known last.
create table organisation (
    organisation text collate "C" primary key,
    name text not null,
    category text not null,
    country text,
    registered_on date,
    known_on date not null
);
