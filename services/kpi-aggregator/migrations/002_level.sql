-- The sum of a part from its first month to this one, so that a stock needs one row of what was before.
-- Null: an amount of money, of which no formula reads it and which has no bound over all time.
alter table part_sum add column level bigint;
update part_sum p set level = l.level
  from (select series, part, month, sum(value) over (partition by series, part order by month)::bigint as level
          from part_sum where part not in ('cost', 'granted', 'asked')) l
 where l.series = p.series and l.part = p.part and l.month = p.month;
alter table part_sum drop constraint part_sum_pkey;
alter table part_sum add primary key (series, part, month);
