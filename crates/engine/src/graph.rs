//! The join graph: tables as nodes, foreign keys as edges, and least-cost trees that connect tables.

use crate::lexicon::ColumnInfo;
use std::{cmp::Ordering, collections::BinaryHeap};

/// A foreign key: equal pairs of columns, from the referring table to the referred one.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub from: usize,
    pub to: usize,
    /// `(referring column, referred column)`.
    pub pairs: Vec<(usize, usize)>,
    pub cost: f32,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub edges: Vec<Edge>,
    /// By table: numbers of its edges.
    adjacent: Vec<Vec<usize>>,
    /// Least cost from table to table; infinite when unconnected.
    distance: Vec<Vec<f32>>,
}

/// Beyond this many tables, distances are measured when asked for.
const PRECOMPUTED: usize = 1_000;

impl Graph {
    pub fn new(
        tables: usize,
        edges: Vec<(Vec<(usize, usize)>, f32)>,
        columns: &[ColumnInfo],
    ) -> Self {
        let mut graph =
            Self { edges: Vec::new(), adjacent: vec![Vec::new(); tables], distance: Vec::new() };
        for (pairs, cost) in edges {
            let (from, to) = (columns[pairs[0].0].table, columns[pairs[0].1].table);
            let number = graph.edges.len();
            graph.adjacent[from].push(number);
            if from != to {
                graph.adjacent[to].push(number);
            }
            graph.edges.push(Edge { from, to, pairs, cost });
        }
        if tables <= PRECOMPUTED {
            graph.distance = (0..tables).map(|t| graph.reach(t).0).collect();
        }
        graph
    }

    pub fn distance(&self, a: usize, b: usize) -> f32 {
        match self.distance.get(a) {
            Some(row) => row[b],
            None => self.reach(a).0[b],
        }
    }

    pub fn edges_of(&self, table: usize) -> impl Iterator<Item = &Edge> {
        self.adjacent[table].iter().map(|e| &self.edges[*e])
    }

    /// Does each row of `from` have at most one row of `to` along a direct key?
    pub fn refers(&self, from: usize, to: usize) -> bool {
        self.edges_of(from).any(|e| e.from == from && e.to == to)
    }

    /// The cost of connecting `tables`, by nearest neighbours; infinite when impossible.
    pub fn spread(&self, tables: &[usize]) -> f32 {
        let Some((first, rest)) = tables.split_first() else { return 0.0 };
        let mut near: Vec<(usize, f32)> =
            rest.iter().filter(|t| *t != first).map(|t| (*t, self.distance(*first, *t))).collect();
        let mut total = 0.0;
        while let Some(i) = (0..near.len()).min_by(|a, b| near[*a].1.total_cmp(&near[*b].1)) {
            let (table, cost) = near.swap_remove(i);
            total += cost;
            for (other, best) in &mut near {
                *best = best.min(self.distance(table, *other));
            }
        }
        total
    }

    /// Numbers of the edges of a least-cost tree over `tables` (nearest first, a 2-approximation of Steiner's).
    /// `discount` makes edges cheaper that the question mentions. `None`: not connected.
    pub fn tree(&self, tables: &[usize], discount: &dyn Fn(&Edge) -> f32) -> Option<Vec<usize>> {
        let (first, _) = tables.split_first()?;
        let mut joined = vec![*first];
        let mut used: Vec<usize> = Vec::new();
        loop {
            let missing: Vec<usize> =
                tables.iter().copied().filter(|t| !joined.contains(t)).collect();
            if missing.is_empty() {
                return Some(used);
            }
            let path = self.nearest_path(&joined, &missing, discount)?;
            for number in path {
                let edge = &self.edges[number];
                for t in [edge.from, edge.to] {
                    if !joined.contains(&t) {
                        joined.push(t);
                    }
                }
                if !used.contains(&number) {
                    used.push(number);
                }
            }
        }
    }

    fn nearest_path(
        &self,
        from: &[usize],
        to: &[usize],
        discount: &dyn Fn(&Edge) -> f32,
    ) -> Option<Vec<usize>> {
        let (cost, via) = self.search(from, discount);
        let target = to.iter().copied().filter(|t| cost[*t].is_finite());
        let mut at = target.min_by(|a, b| cost[*a].total_cmp(&cost[*b]))?;
        let mut path = Vec::new();
        while let Some(number) = via[at] {
            path.push(number);
            let edge = &self.edges[number];
            at = if edge.from == at { edge.to } else { edge.from };
        }
        path.reverse();
        Some(path)
    }

    fn reach(&self, from: usize) -> (Vec<f32>, Vec<Option<usize>>) {
        self.search(&[from], &|e| e.cost)
    }

    fn search(
        &self,
        from: &[usize],
        price: &dyn Fn(&Edge) -> f32,
    ) -> (Vec<f32>, Vec<Option<usize>>) {
        let n = self.adjacent.len();
        let mut cost = vec![f32::INFINITY; n];
        let mut via = vec![None; n];
        let mut heap = BinaryHeap::new();
        for f in from {
            cost[*f] = 0.0;
            heap.push(State(0.0, *f));
        }
        while let Some(State(c, table)) = heap.pop() {
            if c > cost[table] {
                continue;
            }
            for number in &self.adjacent[table] {
                let edge = &self.edges[*number];
                let next = if edge.from == table { edge.to } else { edge.from };
                let total = c + price(edge);
                if total < cost[next] {
                    cost[next] = total;
                    via[next] = Some(*number);
                    heap.push(State(total, next));
                }
            }
        }
        (cost, via)
    }
}

struct State(f32, usize);

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for State {}
impl PartialOrd for State {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for State {
    /// The cheapest first; ties by table, so that the same question takes the same path.
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0).then(other.1.cmp(&self.1))
    }
}
