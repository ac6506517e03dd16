-- Names of built-in functions, aggregates and window functions whose every overload is immutable or
-- stable and takes and gives no internal type.
with f as (
 select proname, bool_and(provolatile in ('i','s')) pure, array_agg(distinct provolatile) v,
  bool_and(prokind='f') plain
 from pg_proc p where pronamespace='pg_catalog'::regnamespace and prokind in ('f','a','w')
  and not exists (select 1 from unnest(proargtypes::oid[] || prorettype) t(o) join pg_type y on y.oid=o where typname in ('internal','cstring','trigger','event_trigger','language_handler','fdw_handler','index_am_handler','tsm_handler','table_am_handler','_cstring'))
 group by 1)
select proname from f where pure order by 1
