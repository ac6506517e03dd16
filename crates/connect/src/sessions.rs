//! A pool of sessions under a cap.
//!
//! sqlx's own pool pings a session at every return and retries refused connections until its
//! deadline, which hides why a connection fails and costs a trip per read; this one does neither.
//! A session that is not given back is closed by being dropped.

use crate::ConnectError;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a caller waits for a busy pool before it is told so.
const PATIENCE: Duration = Duration::from_secs(5);
/// Idle sessions are closed after this long, so that the server gets its memory back.
const IDLE: Duration = Duration::from_secs(300);
const SWEEP: Duration = Duration::from_secs(30);

pub(crate) struct Sessions<S> {
    idle: Mutex<Vec<Idle<S>>>,
    permits: Arc<Semaphore>,
    cap: u32,
    sweeping: AtomicBool,
}

struct Idle<S> {
    session: S,
    since: Instant,
}

/// A session that is in use. Dropping it closes the session and frees its place.
pub(crate) struct Lease<S> {
    pub(crate) session: S,
    /// It was idle before: the server may have closed it meanwhile.
    pub(crate) reused: bool,
    permit: OwnedSemaphorePermit,
}

impl<S> Lease<S> {
    /// The server had closed the session while it was idle: worth another try on a fresh one.
    pub(crate) fn is_stale<T>(&self, done: &Result<T, ConnectError>) -> bool {
        self.reused && done.as_ref().is_err_and(ConnectError::is_stale_session)
    }
}

impl<S: Send + 'static> Sessions<S> {
    pub(crate) fn new(cap: u32) -> Arc<Self> {
        let cap = cap.clamp(1, 1_000);
        Arc::new(Self {
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(cap as usize)),
            cap,
            sweeping: AtomicBool::new(false),
        })
    }

    /// An idle session, or a new one by `open`; waits when all are in use.
    pub(crate) async fn lease<F>(&self, open: F) -> Result<Lease<S>, ConnectError>
    where
        F: Future<Output = Result<S, ConnectError>>,
    {
        let permit = match self.permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned())
                .await
                .map_err(|_| ConnectError::Busy { sessions: self.cap })?
                .map_err(|_| ConnectError::Closed)?,
        };
        let idle = self.lock().pop();
        Ok(match idle {
            Some(idle) => Lease { session: idle.session, reused: true, permit },
            None => Lease { session: open.await?, reused: false, permit },
        })
    }

    /// In place of a session that turned out to be dead: everything idle is as old, so all go.
    pub(crate) async fn replace<F>(
        &self,
        lease: Lease<S>,
        open: F,
    ) -> Result<Lease<S>, ConnectError>
    where
        F: Future<Output = Result<S, ConnectError>>,
    {
        let permit = lease.permit;
        drop(lease.session);
        self.lock().clear();
        Ok(Lease { session: open.await?, reused: false, permit })
    }

    pub(crate) fn give_back(self: &Arc<Self>, lease: Lease<S>) {
        if self.permits.is_closed() {
            return;
        }
        self.lock().push(Idle { session: lease.session, since: Instant::now() });
        drop(lease.permit);
        if !self.sweeping.swap(true, Ordering::AcqRel) {
            let pool = Arc::downgrade(self);
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(SWEEP).await;
                    let Some(pool) = pool.upgrade() else { return };
                    if pool.sweep() {
                        return;
                    }
                }
            });
        }
    }

    /// Closes what has been idle for long; true when nothing is left to watch.
    fn sweep(&self) -> bool {
        let mut idle = self.lock();
        idle.retain(|session| session.since.elapsed() < IDLE);
        let empty = idle.is_empty();
        if empty {
            self.sweeping.store(false, Ordering::Release);
        }
        empty
    }

    /// Closes idle sessions; no session is given out from now on.
    pub(crate) fn close(&self) {
        self.permits.close();
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Idle<S>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_pool_makes_wait_and_then_says_so() {
        let pool = Sessions::new(1);
        let first = pool.lease(async { Ok(7) }).await.unwrap();
        let late = pool.lease(async { Ok(8) }).await;
        assert!(matches!(late, Err(ConnectError::Busy { sessions: 1 })));

        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.lease(async { Ok(9) }).await.map(|lease| (lease.session, lease.reused)) }
        });
        tokio::task::yield_now().await;
        pool.give_back(first);
        assert_eq!(waiting.await.unwrap().unwrap(), (7, true));

        pool.close();
        assert!(matches!(pool.lease(async { Ok(1) }).await, Err(ConnectError::Closed)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_opening_frees_its_place() {
        let pool = Sessions::<u8>::new(1);
        assert!(pool.lease(async { Err(ConnectError::Closed) }).await.is_err());
        assert!(pool.lease(async { Ok(1) }).await.is_ok());
    }
}
