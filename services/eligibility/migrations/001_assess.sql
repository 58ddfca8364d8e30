-- The assess stage: organisations and their memberships, applications, and every verdict given.

-- One row per organisation that was described, applied, or is named as a partner. An organisation is
-- locked through its row by whatever depends on its membership, so a row may know nothing yet.
create table organisation (
    organisation text    not null primary key,
    name         text,                               -- null: not described yet
    category     text,
    known_on     date,                               -- when it was first described
    decided      boolean not null default false,     -- a membership application of it was decided
    decided_on   date,
    revision     bigint  not null default 0,         -- of its participant.changed
    periods      jsonb   not null default '[]',      -- its stays: application, joined_on, left_on, decided_on
    end_on       date,                               -- an end that came before the membership it ends
    check ((name is null) = (category is null) and (name is null) = (known_on is null)),
    check (not decided or decided_on is not null)
) with (fillfactor = 60);

create table application (
    application         text   not null primary key,
    organisation        text   not null,
    measure             text   not null,
    submitted_on        date   not null,
    dated_on            date   not null,             -- submitted or last amended on
    state               text   not null check (state in ('waiting', 'decided', 'expired', 'withdrawn')),
    revision            bigint not null,             -- of the last verdict; 0: none yet
    verdict             text,
    amount              bigint,
    data                text,                        -- the application as it stands; null for a membership
    -- Which input the last verdict went out with, and the transaction that wrote it to the outbox: the
    -- next one must not overtake it.
    published_topic     text,
    published_partition int,
    published_by        xid8,
    check ((revision = 0) = (verdict is null))
) with (fillfactor = 80);
create index application_waiting on application (submitted_on, application) where state = 'waiting';

-- Whose membership an application depends on: the partners of a project, the applicant of a grant, and
-- of a membership that is not approved.
create table dependency (
    organisation text not null,
    application  text not null,
    primary key (organisation, application)
);

-- Every verdict there ever was, with what it was based on and where in the log its cause stands.
create table assessment (
    application     text   not null,
    revision        bigint not null,
    organisation    text   not null,
    verdict         text   not null,
    cause           text   not null,
    submitted_on    date   not null,
    effective_on    date   not null,
    amount_asked    bigint check (amount_asked between 0 and 9007199254740991),
    amount          bigint check (amount between 0 and 9007199254740991),
    yearly_cap      bigint check (yearly_cap between 0 and 9007199254740991),
    currency        text,
    findings        jsonb  not null,
    rule_version    text   not null,
    engine_version  text   not null,
    input_topic     text   not null,
    input_partition int    not null,
    input_offset    bigint not null,
    primary key (application, revision)
);
