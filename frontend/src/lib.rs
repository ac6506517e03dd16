//! The browser side: hydrates the page.
