//! What PostgreSQL's types are called and what they mean.

use model::catalog::ValueKind;
use sqlx::{
    TypeInfo,
    postgres::{PgTypeInfo, PgTypeKind},
};

/// Built-in types by object id, which never changes: the name that `psql` prints and the meaning.
const BUILT_IN: &[(u32, &str, ValueKind)] = &[
    (16, "boolean", ValueKind::Boolean),
    (17, "bytea", ValueKind::Binary),
    (18, "\"char\"", ValueKind::Text),
    (19, "name", ValueKind::Text),
    (20, "bigint", ValueKind::Integer),
    (21, "smallint", ValueKind::Integer),
    (23, "integer", ValueKind::Integer),
    (25, "text", ValueKind::Text),
    (26, "oid", ValueKind::Integer),
    (114, "json", ValueKind::Json),
    (142, "xml", ValueKind::Other),
    (600, "point", ValueKind::Other),
    (601, "lseg", ValueKind::Other),
    (602, "path", ValueKind::Other),
    (603, "box", ValueKind::Other),
    (604, "polygon", ValueKind::Other),
    (628, "line", ValueKind::Other),
    (650, "cidr", ValueKind::Other),
    (700, "real", ValueKind::Number),
    (701, "double precision", ValueKind::Number),
    (705, "unknown", ValueKind::Text),
    (718, "circle", ValueKind::Other),
    (774, "macaddr8", ValueKind::Other),
    (790, "money", ValueKind::Other),
    (829, "macaddr", ValueKind::Other),
    (869, "inet", ValueKind::Other),
    (1042, "character", ValueKind::Text),
    (1043, "character varying", ValueKind::Text),
    (1082, "date", ValueKind::Date),
    (1083, "time without time zone", ValueKind::Time),
    (1114, "timestamp without time zone", ValueKind::Timestamp),
    (1184, "timestamp with time zone", ValueKind::Timestamp),
    (1186, "interval", ValueKind::Interval),
    (1266, "time with time zone", ValueKind::Time),
    (1560, "bit", ValueKind::Other),
    (1562, "bit varying", ValueKind::Other),
    (1700, "numeric", ValueKind::Number),
    (2950, "uuid", ValueKind::Uuid),
    (3614, "tsvector", ValueKind::Other),
    (3615, "tsquery", ValueKind::Other),
    (3802, "jsonb", ValueKind::Json),
];

/// The name and meaning of a result column's type.
pub(crate) fn shown(info: &PgTypeInfo) -> (String, ValueKind) {
    if let Some(known) = info.oid().and_then(|oid| built_in(oid.0)) {
        return (known.1.to_owned(), known.2);
    }
    match info.kind() {
        PgTypeKind::Array(element) => (format!("{}[]", shown(element).0), ValueKind::Array),
        PgTypeKind::Enum(_) => (info.name().to_owned(), ValueKind::Enum),
        PgTypeKind::Domain(base) => (info.name().to_owned(), shown(base).1),
        _ => (info.name().to_lowercase(), ValueKind::Other),
    }
}

/// The meaning of a catalogue column's type, from `pg_type`: domains come as their base type.
pub(crate) fn kind(oid: u32, class: &str, category: &str) -> ValueKind {
    match (built_in(oid), class, category) {
        (Some(known), _, _) => known.2,
        (_, "e", _) => ValueKind::Enum,
        (_, _, "A") => ValueKind::Array,
        (_, "b", "S") => ValueKind::Text,
        _ => ValueKind::Other,
    }
}

fn built_in(oid: u32) -> Option<&'static (u32, &'static str, ValueKind)> {
    BUILT_IN.binary_search_by_key(&oid, |known| known.0).ok().map(|at| &BUILT_IN[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(BUILT_IN.is_sorted_by_key(|known| known.0));
        assert_eq!(built_in(1700).unwrap().1, "numeric");
    }
}
