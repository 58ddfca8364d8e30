-- The rules as they were published, each version once, never changed.
create table rule_set (
    id              bigint generated always as identity primary key,
    version         text   not null unique,
    measure         text   not null,
    valid_from      date   not null,
    valid_until     date,
    known_on        date   not null,
    basis           text,
    model           text   not null,
    digest          bigint not null,          -- of all of it, to tell a repeat from another text under the same name
    -- Applications of its time are judged again in the order of submitted_on and name: how far that is.
    judged_through_day         date not null,
    judged_through_application text not null,
    judged_all                 boolean not null,
    input_topic     text   not null,
    input_partition int    not null,
    input_offset    bigint not null
);
create index rule_set_unfinished on rule_set (id) where not judged_all;
