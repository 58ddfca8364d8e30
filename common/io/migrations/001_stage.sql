-- What a stage remembers: where it is, what it has yet to publish, what it has seen.
-- Every service has these tables in its own schema (the first of its search_path).

-- One row per input partition of a stage. Whoever claims the partition raises `epoch`; only the
-- holder of the highest epoch can move `next`. A partition with `halted` set is left alone until an
-- operator resolves it: sets halted, halted_detail and halted_at to null and, to go on from another
-- place in the log, sets `next`, sets fingerprint to null and adds 1 to incarnation, which gives the
-- outputs another source: offsets that come again would be taken for repeats.
create table position (
    stage         text   not null,
    topic         text   not null,
    partition     int    not null,
    epoch         bigint not null,
    next          bigint not null,          -- offset of the first record not yet taken in
    fingerprint   bigint,                   -- of the record before `next`; null: nothing to compare
    owner         text   not null default '',
    incarnation   int    not null default 0,
    halted        text,                     -- INPUT_EXPIRED ...; null: runs
    halted_detail text,
    halted_at     timestamptz,
    primary key (stage, topic, partition)
) with (fillfactor = 50);

-- The outputs of one input partition in one batch, ready to send, in the format of
-- common/core/outbox.h. `next` is where the position stood after the batch, so a row says: what came
-- out of the records before `next` may not be on the broker yet. Deleted once acknowledged.
create table outbox (
    stage     text   not null,
    topic     text   not null,
    partition int    not null,
    next      bigint not null,
    outputs   int    not null,
    payload   bytea  not null,
    primary key (stage, topic, partition, next)
);
-- JSON would shrink, but compressing costs more time than writing.
alter table outbox alter column payload set storage external;

-- The highest sequence taken in from each source of an input partition: what is not above it is a repeat.
create table seen (
    stage           text   not null,
    topic           text   not null,
    partition       int    not null,
    source          text   not null,
    sequence_offset bigint not null,
    sequence_index  int    not null,
    primary key (stage, topic, partition, source)
) with (fillfactor = 50);

-- How many partitions an output topic had when this service first wrote to it. Another number would
-- move keys between partitions and so break their order.
create table output_topic (
    topic      text not null primary key,
    partitions int  not null
);

-- A batch moves all its positions or has none of its effects: the second condition fails the
-- transaction from inside, before anything that follows it in the pipeline can run.
create function require_moved(moved bigint, wanted bigint) returns void language plpgsql as $$
begin
    if moved <> wanted then
        raise exception 'partition has another owner: % of % positions moved', moved, wanted
            using errcode = 'MS001';
    end if;
end
$$;

-- These tables are rewritten all the time; a vacuum now and then keeps them to a few pages.
alter table position set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
alter table seen     set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
alter table outbox   set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
                          toast.autovacuum_vacuum_scale_factor = 0,
                          toast.autovacuum_vacuum_threshold = 20000);
