//! The pages and server functions of Querent.
