-- The projects that project-tracking follows, and what is asked of them.

-- One row per project that was decided on or that a change was asked for. `data` is the full state
-- word for word as it was last published (schemas/events/project.changed.v1.json), so what the world
-- was told and what is remembered cannot differ. It is read and written whole: with 20 partners one
-- JSON costs a quarter of the time that a row per partner does (25 against 107 microseconds).
create table project (
    project             text   not null primary key,
    state               text   not null default 'awaited'
        check (state in ('awaited', 'active', 'suspended', 'finished', 'stopped')),
    application         text,             -- whose decision opened it
    decision_revision   bigint not null default 0,
    plan_hash           bigint not null default 0,
    revision            bigint not null default 0,
    data                json,
    -- Which input the last revision went out with, and the transaction that wrote it to the outbox:
    -- a change from another input partition waits until that row is acknowledged and gone.
    published_topic     text,
    published_partition int,
    published_by        xid8,
    check ((state = 'awaited') = (data is null))
) with (fillfactor = 70);
create index project_by_application on project (application) where application is not null;
alter table project alter data set compression lz4;
alter table project set (autovacuum_vacuum_scale_factor = 0.05);

-- Requested changes that came before their project was opened, in the order of the log.
create table early_change (
    project       text   not null references project,
    topic         text   not null,
    partition     int    not null,
    "offset"      bigint not null,
    type          text   not null,
    data          json   not null,
    origin_source text,
    origin_id     text,
    event_time    text,
    primary key (project, topic, partition, "offset")
);

-- Changes that could not be made, each with its reason: nothing that was asked for is lost.
create table refused_change (
    project       text   not null,
    topic         text   not null,
    partition     int    not null,
    "offset"      bigint not null,
    revision      bigint not null, -- of the project as it then stood; 0: it was never open
    change        text   not null,
    held_on       date   not null, -- the day the change should have held from
    code          text   not null,
    message       text   not null,
    type          text   not null,
    data          json   not null,
    origin_source text,
    origin_id     text,
    primary key (project, topic, partition, "offset")
);

create table milestone (
    project    text not null,
    milestone  text not null,
    reached_on date not null,
    primary key (project, milestone)
);
