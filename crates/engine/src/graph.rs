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
            graph.distance = (0..tables).map(|t| graph.reach(t)).collect();
        }
        graph
    }

    pub fn distance(&self, a: usize, b: usize) -> f32 {
        match self.distance.get(a) {
            Some(row) => row[b],
            None => self.reach(a)[b],
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
        let (first, rest) = tables.split_first()?;
        if rest.iter().any(|t| self.distance(*first, *t).is_infinite()) {
            return None;
        }
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
        let reached = self.search(from, to, discount);
        let target = to.iter().copied().filter(|t| reached.cost(*t).is_finite());
        let end = target.min_by(|a, b| reached.cost(*a).total_cmp(&reached.cost(*b)))?;
        let mut at = reached.best(end);
        let mut path = Vec::new();
        while let Some((number, before)) = reached.via[at] {
            path.push(number);
            at = before;
        }
        path.reverse();
        Some(path)
    }

    fn reach(&self, from: usize) -> Vec<f32> {
        let reached = self.search(&[from], &[], &|e| e.cost);
        (0..self.adjacent.len()).map(|t| reached.cost(t)).collect()
    }

    /// Dijkstra over tables, each with the way it was come to: what two rows share (a department, a country) seldom
    /// relates them, so that going up a key and down another one costs more than the keys alone. It ends at the nearest
    /// of `targets`, and with every table when there are none.
    fn search(&self, from: &[usize], targets: &[usize], price: &dyn Fn(&Edge) -> f32) -> Reached {
        let n = self.adjacent.len();
        let mut reached = Reached { cost: vec![f32::INFINITY; 2 * n], via: vec![None; 2 * n] };
        let mut nearest = f32::INFINITY;
        let mut heap = BinaryHeap::new();
        for f in from {
            reached.cost[2 * f] = 0.0;
            heap.push(State(0.0, 2 * f));
        }
        while let Some(State(c, at)) = heap.pop() {
            if c > nearest {
                break;
            }
            if c > reached.cost[at] {
                continue;
            }
            let (table, came_up) = (at / 2, at % 2 == 1);
            if targets.contains(&table) {
                nearest = c;
            }
            for number in &self.adjacent[table] {
                let edge = &self.edges[*number];
                let up = edge.from == table;
                let next = if up { edge.to } else { edge.from };
                let turn = if came_up && !up { SHARED } else { 0.0 };
                let (state, total) = (2 * next + usize::from(up), c + price(edge) + turn);
                if total < reached.cost[state] {
                    reached.cost[state] = total;
                    reached.via[state] = Some((*number, at));
                    heap.push(State(total, state));
                }
            }
        }
        reached
    }
}

/// What it costs to relate rows by something that both refer to.
const SHARED: f32 = 1.2;

/// By table and whether it was come to along a key that refers to it (`2 * table + 1`).
struct Reached {
    cost: Vec<f32>,
    /// The edge taken, and where from.
    via: Vec<Option<(usize, usize)>>,
}

impl Reached {
    fn best(&self, table: usize) -> usize {
        2 * table + usize::from(self.cost[2 * table + 1] < self.cost[2 * table])
    }

    fn cost(&self, table: usize) -> f32 {
        self.cost[self.best(table)]
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
    /// The cheapest first; ties by number, so that the same question takes the same path.
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0).then(other.1.cmp(&self.1))
    }
}
