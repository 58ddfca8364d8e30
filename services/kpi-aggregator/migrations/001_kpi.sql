-- What the KPIs are counted from. Months are written as their first day.

-- Every event that changed what is counted, and what its entity adds since: shares, each
-- [series, month, part, value]. An entity is "organisation:<id>", "project:<id>", "application:<id>" or
-- "rejection:<topic>/<partition>/<offset>"; its highest revision is the one counted now. The total over
-- all categories is not kept here but follows from the categories.
create table entity_event (
    entity        text collate "C" not null,
    revision      bigint not null,
    topic         text   not null,          -- where the event was read
    partition     int    not null,
    record_offset bigint not null,
    source        text   not null,          -- its CloudEvents name
    id            text   not null,
    origin_source text,                     -- the upstream event it goes back to
    origin_id     text,
    shares        jsonb  not null,
    first_month   date,                     -- of the shares; null: none
    last_month    date,
    primary key (entity, revision)
);
-- Events come mostly in order of time, so this finds those of a month, and costs next to nothing.
create index entity_event_months on entity_event using brin (first_month, last_month);

-- What is counted now, a row per share.
create view share as
select e.entity, e.revision, s.share->>0 as series, (s.share->>1 || '-01')::date as month,
       s.share->>2 as part, (s.share->>3)::bigint as value
  from entity_event e cross join lateral jsonb_array_elements(e.shares) s (share)
 where not exists (select from entity_event later where later.entity = e.entity and later.revision > e.revision);

-- The sums of all shares, totals included: what the formulas read.
create table part_sum (
    series text   collate "C" not null,
    month  date   not null,
    part   text   collate "C" not null,
    value  bigint not null,
    primary key (series, month, part)
) with (fillfactor = 50);

-- The latest value of every cell and how often it has changed. value null: no longer defined.
create table cell (
    cell            text collate "C" not null primary key,
    value           text,
    revision        bigint not null,
    formula_version text   not null
) with (fillfactor = 50);

-- Rewritten all the time, never growing: a vacuum now and then keeps them small.
alter table part_sum set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
alter table cell     set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- core/formulas.c as data, for the way back from a value to its events.
create table formula (
    kpi     text not null primary key,
    family  text not null,
    formula text not null check (formula in ('sum', 'stock', 'active', 'growth')),
    plus    text not null,
    minus   text,
    check ((formula = 'sum') = (minus is null))
);
insert into formula (kpi, family, formula, plus, minus) values
    ('participants.joined',          'participants', 'sum',    'joined',              null),
    ('participants.left',            'participants', 'sum',    'left',                null),
    ('participants.number',          'participants', 'stock',  'joined',              'left'),
    ('participants.growth',          'participants', 'growth', 'joined',              'left'),
    ('projects.started',             'projects',     'sum',    'started',             null),
    ('projects.active',              'projects',     'active', 'active_in',           'active_out'),
    ('projects.cooperative_started', 'projects',     'sum',    'cooperative_started', null),
    ('projects.cooperative_active',  'projects',     'active', 'cooperative_in',      'cooperative_out'),
    ('projects.participations',      'projects',     'sum',    'participations',      null),
    ('projects.coordinators',        'projects',     'sum',    'coordinators',        null),
    ('projects.cost',                'projects',     'sum',    'cost',                null),
    ('projects.granted',             'projects',     'sum',    'granted',             null),
    ('support.applied',              'support',      'sum',    'applied',             null),
    ('support.approved',             'support',      'sum',    'approved',            null),
    ('support.asked',                'support',      'sum',    'asked',               null),
    ('support.granted',              'support',      'sum',    'granted',             null),
    ('intake.rejected',              'rejections',   'sum',    'rejected',            null);

-- What a cell reads: for each part its sign and its months. No row: no such cell can be.
create function kpi_reads(wanted text)
returns table (series text, part text, sign int, first_month date, last_month date)
language sql stable set search_path from current as $$
    with named as (
        select string_to_array(wanted, ':') as words
    ), spelt as (
        select words[1] as kpi, words[2] as category,
               case when cardinality(words) = 4 then words[3] end as currency,
               words[cardinality(words)] as period
          from named where cardinality(words) between 3 and 4
    ), dated as (
        select s.*, (case when length(period) = 4 then period || '-01' else period end || '-01')::date as starts
          from spelt s where period ~ '^\d{4}(-(0[1-9]|1[0-2]))?$'
    ), spanned as (
        select d.*, f.*,
               (case when length(period) = 4 then starts + interval '11 months' else starts end)::date as until
          from dated d join formula f using (kpi)
    ), read_series as (
        select sp.*, sp.family || ':' || sp.category || coalesce(':' || sp.currency, '') as series
          from spanned sp
         where sp.category <> 'all' or sp.family = 'rejections'
        union all
        select sp.*, p.series
          from spanned sp
          join (select distinct part_sum.series from part_sum) p
            on split_part(p.series, ':', 1) = sp.family and split_part(p.series, ':', 2) <> 'all'
           and split_part(p.series, ':', 3) = coalesce(sp.currency, '')
         where sp.category = 'all' and sp.family <> 'rejections'
    )
    select r.series, r.plus, 1, case when r.formula = 'sum' then r.starts else '-infinity' end, r.until
      from read_series r
    union all
    select r.series, r.minus, -1, '-infinity', case when r.formula = 'active' then r.starts else r.until end
      from read_series r where r.minus is not null
$$;

-- The shares that any revision of any entity has or had in a cell.
create function kpi_shares_ever(wanted text)
returns table (entity text, revision bigint, series text, month date, part text, sign int, value bigint)
language sql stable set search_path from current as $$
    with reads as materialized (
        select * from kpi_reads(wanted)
    ), span as (
        select min(r.first_month) as first_month, max(r.last_month) as last_month from reads r
    )
    select e.entity, e.revision, r.series, x.month, r.part, r.sign, x.value
      from span
      join entity_event e on e.first_month <= span.last_month and e.last_month >= span.first_month
     cross join lateral (
        select s.share->>0 as series, (s.share->>1 || '-01')::date as month, s.share->>2 as part,
               (s.share->>3)::bigint as value
          from jsonb_array_elements(e.shares) s (share)) x
      join reads r on r.series = x.series and r.part = x.part and x.month between r.first_month and r.last_month
$$;

-- The shares a cell is made of now: the sum of sign * value is the value, for growth the stock.
create function kpi_shares(wanted text)
returns table (entity text, revision bigint, series text, month date, part text, sign int, value bigint)
language sql stable set search_path from current as $$
    select s.* from kpi_shares_ever(wanted) s
     where not exists (select from entity_event later
                        where later.entity = s.entity and later.revision > s.revision)
$$;

-- All events behind a cell: every revision of every entity that has or had a share in it.
create function kpi_events(wanted text)
returns setof entity_event
language sql stable set search_path from current as $$
    select e.*
      from (select distinct s.entity from kpi_shares_ever(wanted) s) behind
      join entity_event e using (entity)
     order by e.entity, e.revision
$$;
