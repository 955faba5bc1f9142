# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The queries of pg_catalog by which a database's schema is read."""

from __future__ import annotations

from collections.abc import Mapping

OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp_|toast_temp_)'"
"""Schemas that are not the server's."""


def _not_of_extension(catalog: str, alias: str) -> str:
    """What an extension brings with it is known by the extension's version."""
    return (
        f"NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = '{catalog}'::regclass AND d.objid = {alias}.oid "
        "AND d.deptype = 'e')"
    )


TABLES = f"""
SELECT n.nspname || '.' || c.relname AS table_name, n.nspname AS schema_name, c.relname AS relation_name,
  c.relkind::text AS kind, c.relpersistence::text AS persistence, c.reloptions AS options,
  c.relrowsecurity::text || c.relforcerowsecurity::text AS row_security,
  pg_get_partkeydef(c.oid) AS partition_key, pg_get_expr(c.relpartbound, c.oid) AS bound,
  (SELECT array_agg(i.inhparent::regclass::text ORDER BY i.inhseqno) FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
    AS partition_of,
  has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
  row_security_active(c.oid) AS policies_hide,
  CASE WHEN c.reltuples < 0 THEN pg_relation_size(c.oid) / 100 ELSE c.reltuples END AS estimate
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND {OWN}
ORDER BY 1
"""
"""estimate: of a table that was never analyzed by its size, at a hundred bytes a row."""

COLUMNS = f"""
SELECT n.nspname || '.' || c.relname AS table_name, a.attname AS column_name,
  row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) AS position,
  format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null, a.attgenerated::text AS generated,
  a.attidentity::text AS identity, pg_get_expr(e.adbin, e.adrelid) AS default, l.collname AS collation,
  coalesce(b.typname, t.typname) AS base_type, t.typtype::text AS type_kind,
  CASE t.typtype WHEN 'e' THEN format_type(t.oid, NULL) ELSE quote_ident(coalesce(b.typname, t.typname)) END AS cast,
  CASE WHEN a.attcollation = 0 THEN NULL
    WHEN l.collprovider = 'd' THEN (SELECT concat_ws(' ', datlocprovider, datcollate,
        to_jsonb(o)->>'daticulocale', to_jsonb(o)->>'datlocale', pg_database_collation_actual_version(o.oid))
      FROM pg_database AS o WHERE datname = current_database())
    ELSE concat_ws(' ', l.collprovider, l.collname, l.collcollate, pg_collation_actual_version(l.oid)) END AS sorted_by
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_type AS t ON t.oid = a.atttypid LEFT JOIN pg_type AS b ON b.oid = nullif(t.typbasetype, 0)
  LEFT JOIN pg_attrdef AS e ON e.adrelid = c.oid AND e.adnum = a.attnum
  LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND a.attnum > 0 AND NOT a.attisdropped AND {OWN}
ORDER BY 1, 3
"""
"""cast: bpchar, and not character, which is character(1). to_jsonb, since the column of a database's locale has another
name from version 17 on."""

KEYS = f"""
SELECT n.nspname || '.' || c.relname AS table_name,
  array_agg(a.attname::text ORDER BY k.place) AS names
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_class AS x ON x.oid = i.indexrelid
  CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indcollation::oid[], i.indclass::oid[])
    WITH ORDINALITY AS k (number, sorted_by, operators, place)
  LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number AND k.number > 0
  LEFT JOIN pg_opclass AS o ON o.oid = k.operators
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND k.place <= i.indnkeyatts AND {OWN}
GROUP BY c.oid, n.nspname, c.relname, i.indexrelid, i.indisprimary, x.relname
HAVING bool_and(a.attnotnull IS TRUE AND k.sorted_by = a.attcollation AND o.opcdefault)
ORDER BY 1, i.indisprimary DESC, x.relname
"""
"""Unique indexes along which a table can be walked: every row has a key in them, sorted as its columns are."""

SEQUENCES = f"""
SELECT n.nspname || '.' || c.relname AS name, n.nspname AS schema_name, c.relname AS relation_name,
  s.seqincrement AS step
FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE {OWN}
ORDER BY 1
"""

LARGE_OBJECTS = "SELECT count(*) AS objects FROM pg_largeobject_metadata"

ITEMS: Mapping[str, str] = {
    "database": """
SELECT 'settings' AS name, pg_encoding_to_char(encoding) AS encoding, datcollate AS collation,
  datctype AS character_type, datlocprovider::text AS provider,
  coalesce(to_jsonb(o)->>'datlocale', to_jsonb(o)->>'daticulocale') AS locale,
  (SELECT reset_val FROM pg_settings WHERE pg_settings.name = 'TimeZone') AS time_zone
FROM pg_database AS o WHERE datname = current_database()
""",
    "extension": "SELECT extname AS name, extversion AS version FROM pg_extension",
    "schema": f"SELECT n.nspname AS name FROM pg_namespace AS n WHERE {OWN}",
    "index": f"""
SELECT n.nspname || '.' || t.relname || '.' || x.relname AS name, pg_get_indexdef(i.indexrelid) AS definition,
  i.indisvalid AS valid
FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
  JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE {OWN}
""",
    "constraint": f"""
SELECT n.nspname || '.' || coalesce(c.relname, t.typname) || '.' || k.conname AS name,
  pg_get_constraintdef(k.oid) AS definition, k.convalidated AS validated
FROM pg_constraint AS k JOIN pg_namespace AS n ON n.oid = k.connamespace
  LEFT JOIN pg_class AS c ON c.oid = k.conrelid LEFT JOIN pg_type AS t ON t.oid = k.contypid
WHERE {OWN} AND k.contype <> 't'
""",
    "view": f"""
SELECT n.nspname || '.' || c.relname AS name, pg_get_viewdef(c.oid) AS definition, c.reloptions AS options,
  c.relispopulated AS populated
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND {OWN} AND {_not_of_extension("pg_class", "c")}
""",
    "routine": f"""
SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
  CASE WHEN p.prokind = 'a' THEN (SELECT row_to_json(g)::text FROM (SELECT aggkind, aggtransfn::text, aggfinalfn::text,
      agginitval, aggtranstype::regtype::text FROM pg_aggregate WHERE aggfnoid = p.oid) AS g)
    ELSE pg_get_functiondef(p.oid) END AS definition
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE {OWN} AND {_not_of_extension("pg_proc", "p")}
""",
    "trigger": f"""
SELECT n.nspname || '.' || c.relname || '.' || t.tgname AS name, pg_get_triggerdef(t.oid) AS definition,
  t.tgenabled::text AS enabled
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND {OWN}
""",
    "rule": f"""
SELECT n.nspname || '.' || c.relname || '.' || r.rulename AS name, pg_get_ruledef(r.oid) AS definition
FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND {OWN}
""",
    "policy": f"""
SELECT n.nspname || '.' || c.relname || '.' || p.polname AS name, p.polcmd::text AS command,
  p.polpermissive AS permissive, pg_get_expr(p.polqual, p.polrelid) AS definition,
  pg_get_expr(p.polwithcheck, p.polrelid) AS checked
FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE {OWN}
""",
    "type": f"""
SELECT n.nspname || '.' || t.typname AS name, t.typtype::text AS kind,
  (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid) AS labels,
  CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base, t.typnotnull AS not_null,
  t.typdefault AS default,
  (SELECT array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
    FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
      AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c')) AS members
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE {OWN} AND t.typtype IN ('e', 'd', 'c', 'r') AND {_not_of_extension("pg_type", "t")}
  AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
""",
    "sequence": f"""
SELECT n.nspname || '.' || c.relname AS name, format_type(s.seqtypid, NULL) AS type, s.seqstart AS start,
  s.seqincrement AS step, s.seqmin AS least, s.seqmax AS most, s.seqcycle AS cycles, s.seqcache AS cache
FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE {OWN}
""",
}
"""Parts of the schema by kind: a name, and whatever makes it what it is."""
