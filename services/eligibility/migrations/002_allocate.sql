-- The allocate stage: budgets, yearly caps, who was given what, and who waits.

-- One row per programme and year. All money of that programme and year, the yearly caps of its
-- applicants and its waiting line are changed only while this row is locked.
create table budget (
    measure       text    not null,
    year          int     not null,
    is_set        boolean not null default false,
    currency      text,
    amount        bigint  not null default 0 check (amount between 0 and 9007199254740991),
    given         bigint  not null default 0 check (given >= 0),
    overcommitted bigint  not null default 0 check (overcommitted >= 0), -- it was lowered below what was given
    revision      bigint  not null default 0,
    known_on      date,
    next_place    bigint  not null default 1,
    waiting       bigint  not null default 0 check (waiting >= 0),
    primary key (measure, year),
    -- Never negative: giving does not raise overcommitted, so nothing can be given that is not there.
    check (given <= amount + overcommitted)
) with (fillfactor = 50);

create table budget_revision (
    measure         text   not null,
    year            int    not null,
    revision        bigint not null,
    amount          bigint not null,
    currency        text   not null,
    known_on        date   not null,
    given           bigint not null,             -- what had been given by then
    refused         text,                        -- why it was not taken over; null: it was
    input_topic     text   not null,
    input_partition int    not null,
    input_offset    bigint not null,
    primary key (measure, year, revision)
);

create table yearly_grant (
    organisation text   not null,
    measure      text   not null,
    year         int    not null,
    given        bigint not null check (given >= 0),
    primary key (organisation, measure, year)
) with (fillfactor = 80);

create table award (
    application         text    not null primary key,
    organisation        text    not null,
    measure             text    not null,
    year                int     not null,
    assessed_revision   bigint  not null,
    revision            bigint  not null,
    state               text    not null check (state in ('approved', 'waitlisted', 'refused', 'released')),
    granted             bigint  not null check (granted >= 0),
    capped              boolean not null,         -- `granted` counts in yearly_grant
    place               bigint,                   -- in the line
    assessed            text,                     -- the verdict as published, while it waits
    published_topic     text,                     -- as in application
    published_partition int,
    published_by        xid8,
    check ((state = 'waitlisted') = (place is not null)),
    check ((state = 'waitlisted') = (assessed is not null)),
    check (granted = 0 or state = 'approved')
) with (fillfactor = 80);
create unique index award_line on award (measure, year, place) where place is not null;

-- Every decision about money there ever was. Those about memberships are in assessment.
create table decision (
    application     text   not null,
    revision        bigint not null,
    organisation    text   not null,
    outcome         text   not null,
    cause           text   not null,
    decided_on      date   not null,
    amount          bigint,
    assessed_revision bigint not null,            -- the verdict it rests on
    findings        jsonb  not null,
    rule_version    text   not null,
    engine_version  text   not null,
    input_topic     text   not null,
    input_partition int    not null,
    input_offset    bigint not null,
    primary key (application, revision)
);
