//! Foreign keys: declared ones, and those that names imply.

use super::Lexicon;
use crate::graph::Graph;
use model::catalog::Catalog;
use std::collections::HashMap;

impl Lexicon {
    /// Foreign keys, declared ones first, then those that names imply.
    pub(super) fn link_keys(&mut self, catalog: &Catalog) {
        let mut edges = Vec::new();
        for (schema, table) in catalog.tables() {
            for key in &table.foreign_keys {
                let pairs: Vec<(usize, usize)> = key
                    .columns
                    .iter()
                    .zip(&key.ref_columns)
                    .filter_map(|(from, to)| {
                        Some((
                            self.column_number(schema, &table.name, from)?,
                            self.column_number(&key.ref_schema, &key.ref_table, to)?,
                        ))
                    })
                    .collect();
                if !pairs.is_empty() && pairs.len() == key.columns.len() {
                    for (from, to) in &pairs {
                        self.columns[*from].refers_to.get_or_insert(*to);
                    }
                    edges.push((pairs, 1.0));
                }
            }
        }
        edges.extend(self.implied_keys());
        self.graph = Graph::new(self.tables.len(), edges.clone(), &self.columns);
        let same = self.same_names();
        if !same.is_empty() {
            edges.extend(same);
            self.graph = Graph::new(self.tables.len(), edges, &self.columns);
        }
    }

    /// Tables that no key connects may still share a column of the same name.
    pub(super) fn same_names(&self) -> Vec<(Vec<(usize, usize)>, f32)> {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (column, number) in self.columns.iter().zip(0..) {
            let name = column.name.to_lowercase();
            let says_little = matches!(
                name.as_str(),
                "id" | "name"
                    | "type"
                    | "date"
                    | "year"
                    | "description"
                    | "status"
                    | "title"
                    | "code"
                    | "comment"
                    | "notes"
            );
            if !says_little && !column.kind.is_temporal() && column.derived.is_none() {
                by_name.entry(name).or_default().push(number);
            }
        }
        let mut found = Vec::new();
        let mut names: Vec<&String> = by_name.keys().collect();
        names.sort();
        for name in names {
            let list = &by_name[name];
            if list.len() > 4 {
                found.extend(self.one_owner(list));
                continue;
            }
            for (i, a) in list.iter().enumerate() {
                for b in &list[i + 1..] {
                    let (from, to) = (self.columns[*a].table, self.columns[*b].table);
                    if from != to && self.graph.distance(from, to).is_infinite() {
                        let key = self.columns[*a].is_primary;
                        found.push((vec![if key { (*b, *a) } else { (*a, *b) }], 2.0));
                    }
                }
            }
        }
        found
    }

    /// A column that has the name of another table's single primary key refers to it.
    pub(super) fn implied_keys(&mut self) -> Vec<(Vec<(usize, usize)>, f32)> {
        let mut owners: HashMap<String, Vec<usize>> = HashMap::new();
        for table in &self.tables {
            if let [key] = table.primary_key[..] {
                let name = self.columns[key].name.to_lowercase();
                if name != "id" && name != "name" && self.columns[key].refers_to.is_none() {
                    owners.entry(name).or_default().push(key);
                }
            }
        }
        let mut found = Vec::new();
        for number in 0..self.columns.len() {
            let column = &self.columns[number];
            let Some([owner]) = owners.get(&column.name.to_lowercase()).map(Vec::as_slice) else {
                continue;
            };
            if column.refers_to.is_none()
                && !column.is_primary
                && self.columns[*owner].table != column.table
            {
                found.push((vec![(number, *owner)], 1.3));
            }
        }
        for (pairs, _) in &found {
            self.columns[pairs[0].0].refers_to = Some(pairs[0].1);
        }
        found.extend(self.keys_by_role());
        found
    }

    /// `start_station_id` refers to the key `id` of `station`: a role, the table's name, the key's name.
    pub(super) fn keys_by_role(&mut self) -> Vec<(Vec<(usize, usize)>, f32)> {
        let mut keys: Vec<(Vec<String>, usize)> = Vec::new();
        for table in self.tables.iter().filter(|t| !t.is_view) {
            if let [key] = table.primary_key[..]
                && self.columns[key].refers_to.is_none()
                && self.columns[key].phrase.words.last().is_some_and(|w| w == "id")
            {
                let mut words = table.phrase.words.clone();
                words.push("id".into());
                keys.push((words, key));
            }
        }
        keys.sort_by_key(|(words, key)| (std::cmp::Reverse(words.len()), *key));
        let mut found = Vec::new();
        for number in 0..self.columns.len() {
            let column = &self.columns[number];
            if column.refers_to.is_some() || column.is_primary {
                continue;
            }
            let mut fits = keys.iter().filter(|(words, key)| {
                let owner = &self.columns[*key];
                column.phrase.words.ends_with(words)
                    && owner.table != column.table
                    && owner.kind.is_numeric() == column.kind.is_numeric()
            });
            if let (Some((words, key)), next) = (fits.next(), fits.next())
                && next.is_none_or(|n| n.0.len() < words.len())
            {
                found.push((number, *key));
            }
        }
        for (from, to) in &found {
            self.columns[*from].refers_to = Some(*to);
        }
        found.into_iter().map(|pair| (vec![pair], 1.4)).collect()
    }

    /// A name in many tables belongs to the one that is called so: `team_id` to `team`.
    pub(super) fn one_owner(&self, list: &[usize]) -> Vec<(Vec<(usize, usize)>, f32)> {
        let owns = |c: &&usize| {
            let column = &self.columns[**c];
            let mut words = self.tables[column.table].phrase.words.clone();
            words.push("id".into());
            column.phrase.words == words
        };
        let owners: Vec<usize> = list.iter().filter(owns).copied().collect();
        let [owner] = owners[..] else { return Vec::new() };
        let to = self.columns[owner].table;
        list.iter()
            .filter(|c| {
                **c != owner && self.graph.distance(self.columns[**c].table, to).is_infinite()
            })
            .map(|c| (vec![(*c, owner)], 1.6))
            .collect()
    }

    /// A table without a declared key is told apart by the one column that others refer to.
    pub(super) fn find_keys(&mut self) {
        for number in 0..self.tables.len() {
            if !self.tables[number].primary_key.is_empty() {
                continue;
            }
            let mut targets: Vec<usize> = self
                .graph
                .edges_of(number)
                .filter(|e| e.to == number && e.from != number && e.cost < 1.5)
                .flat_map(|e| e.pairs.iter().map(|p| p.1))
                .collect();
            targets.sort_unstable();
            targets.dedup();
            if let [key] = targets[..] {
                self.tables[number].primary_key = vec![key];
            }
        }
    }
}
