//! What MySQL's types are called, what they mean, and how their bytes are shown.

use model::{catalog::ValueKind, result::ResultColumn};
use sqlx::{
    Column, Type, TypeInfo,
    mysql::{MySql, MySqlColumn, MySqlTypeInfo},
};

/// A result column: its name, its type in lower case, its meaning.
pub(crate) fn shown(column: &MySqlColumn) -> ResultColumn {
    let (type_name, kind) = type_of(column.type_info());
    ResultColumn { name: column.name().to_owned(), type_name, kind, mask: None }
}

/// Bytes that are no text: shown in hexadecimal.
pub(crate) fn is_binary(info: &MySqlTypeInfo) -> bool {
    match info.name() {
        "BIT" | "GEOMETRY" => true,
        // The driver calls texts with a `_bin` collation binary as well; only the collation
        // `binary` is, and only for that it denies that this is a string.
        "BINARY" | "VARBINARY" | "TINYBLOB" | "BLOB" | "MEDIUMBLOB" | "LONGBLOB" => {
            !<str as Type<MySql>>::compatible(info)
        }
        _ => false,
    }
}

fn type_of(info: &MySqlTypeInfo) -> (String, ValueKind) {
    let name = info.name();
    if is_binary(info) {
        return (
            name.to_lowercase(),
            if name == "GEOMETRY" { ValueKind::Other } else { ValueKind::Binary },
        );
    }
    let name = match name {
        "BOOLEAN" => "tinyint(1)".to_owned(),
        "BINARY" => "char".to_owned(),
        "VARBINARY" => "varchar".to_owned(),
        name if name.ends_with("BLOB") => name.replace("BLOB", "TEXT").to_lowercase(),
        name => name.to_lowercase(),
    };
    let kind = kind(&name);
    (name, kind)
}

/// The meaning of a type as MySQL prints it: `int(11) unsigned`, `enum('a','b')`.
pub(crate) fn kind(type_name: &str) -> ValueKind {
    let word = type_name.split(['(', ' ']).next().unwrap_or_default();
    match word {
        _ if type_name == "tinyint(1)" => ValueKind::Boolean,
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => ValueKind::Integer,
        "decimal" | "float" | "double" => ValueKind::Number,
        "date" => ValueKind::Date,
        "datetime" | "timestamp" => ValueKind::Timestamp,
        "time" => ValueKind::Time,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => ValueKind::Text,
        "enum" => ValueKind::Enum,
        "json" => ValueKind::Json,
        "uuid" => ValueKind::Uuid,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "bit" => {
            ValueKind::Binary
        }
        _ => ValueKind::Other,
    }
}

/// The labels of an `enum('a','it''s')` or `set(…)`.
pub(crate) fn labels(type_name: &str) -> Vec<String> {
    let inner = ["enum(", "set("].iter().find_map(|start| type_name.strip_prefix(start));
    let Some(inner) = inner.and_then(|inner| inner.strip_suffix(')')) else { return Vec::new() };
    let (mut labels, mut label, mut inside) = (Vec::new(), String::new(), false);
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' if inside && letters.peek() == Some(&'\'') => {
                label.push('\'');
                letters.next();
            }
            '\'' if inside => {
                labels.push(std::mem::take(&mut label));
                inside = false;
            }
            '\'' => inside = true,
            _ if inside => label.push(letter),
            _ => {}
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enum_labels() {
        assert_eq!(labels("enum('a','it''s',',')"), ["a", "it's", ","]);
        assert_eq!(labels("set('x')"), ["x"]);
        assert!(labels("int(11)").is_empty());
    }

    #[test]
    fn kinds() {
        assert_eq!(kind("tinyint(1)"), ValueKind::Boolean);
        assert_eq!(kind("int(10) unsigned"), ValueKind::Integer);
        assert_eq!(kind("decimal(10,2)"), ValueKind::Number);
        assert_eq!(kind("set('a')"), ValueKind::Other);
    }
}
