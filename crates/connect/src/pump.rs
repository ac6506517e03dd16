//! Moves rows from a database's stream into the reader's channel, and stops for the reasons there are.

use crate::{
    ConnectError, ReadEvent, ReadLimits, Reading,
    encode::{Encoder, Flow},
};
use futures::{FutureExt, Stream, StreamExt, future::Either};
use model::result::ResultColumn;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Chunks that wait for a slow reader; with the one being filled, all that is kept of a result.
const WAITING_CHUNKS: usize = 2;
/// Rows that trickle in are shown after this long, full chunk or not.
const TRICKLE: Duration = Duration::from_millis(250);
/// The server's own time limit goes first: its message is better than a broken line.
const GRACE: Duration = Duration::from_millis(300);

/// What a worker says to the reader: the columns first, then events.
pub(crate) enum Word {
    Columns(Vec<ResultColumn>),
    Event(ReadEvent),
    Failed(ConnectError),
}

/// Why the flow of rows stopped.
#[derive(Debug)]
pub(crate) enum Stop<E> {
    /// No more rows.
    Finished,
    /// A row or byte limit was reached.
    Enough,
    Cancelled,
    /// Nobody reads any more.
    Dropped,
    TimedOut,
    Failed(E),
}

impl<E> Stop<E> {
    /// The statement may still be running in the database.
    pub(crate) fn leaves_running(&self) -> bool {
        matches!(self, Self::Enough | Self::Cancelled | Self::Dropped | Self::TimedOut)
    }

    pub(crate) fn map_failure<F>(self, map: impl FnOnce(E) -> F) -> Stop<F> {
        match self {
            Self::Finished => Stop::Finished,
            Self::Enough => Stop::Enough,
            Self::Cancelled => Stop::Cancelled,
            Self::Dropped => Stop::Dropped,
            Self::TimedOut => Stop::TimedOut,
            Self::Failed(error) => Stop::Failed(map(error)),
        }
    }
}

/// What may stop a read from outside: its token, its reader going away, its time limit.
#[derive(Clone)]
pub(crate) struct Watch {
    words: mpsc::Sender<Word>,
    cancel: CancellationToken,
    timeout: Duration,
    started: Instant,
}

impl Watch {
    /// Waits until the read shall stop.
    pub(crate) async fn interrupted<E>(&self) -> Stop<E> {
        let left = (self.timeout + GRACE).saturating_sub(self.started.elapsed());
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Stop::Cancelled,
            () = self.words.closed() => Stop::Dropped,
            () = tokio::time::sleep(left) => Stop::TimedOut,
        }
    }

    /// Runs one step of the worker, unless the read shall stop before it is done.
    pub(crate) async fn unless_stopped<T, E>(
        &self,
        step: impl Future<Output = T>,
    ) -> Result<T, Stop<E>> {
        tokio::select! {
            biased;
            stop = self.interrupted() => Err(stop),
            done = step => Ok(done),
        }
    }
}

/// The worker's end of a read.
pub(crate) struct Outlet {
    pub(crate) watch: Watch,
    pub(crate) encoder: Encoder,
}

/// A channel for one read.
pub(crate) fn channel(
    limits: ReadLimits,
    cancel: CancellationToken,
) -> (Outlet, mpsc::Receiver<Word>) {
    let (words, reader) = mpsc::channel(WAITING_CHUNKS);
    let watch = Watch { words, cancel, timeout: limits.timeout, started: Instant::now() };
    (Outlet { watch, encoder: Encoder::new(limits) }, reader)
}

impl Outlet {
    /// The clock of `elapsed` and of the time limit starts now.
    pub(crate) fn start_clock(&mut self) {
        self.watch.started = Instant::now();
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.watch.timeout
    }

    /// The statement's time is used up, or as good as.
    pub(crate) fn out_of_time(&self) -> bool {
        self.watch.started.elapsed() + Duration::from_millis(20) >= self.watch.timeout
    }

    /// Nobody hears it when the reader is gone, which is fine.
    pub(crate) async fn say(&self, word: Word) {
        let _ = self.watch.words.send(word).await;
    }

    /// Sends the rows collected so far.
    pub(crate) async fn flush<E>(&mut self) -> Result<(), Stop<E>> {
        match self.encoder.take_chunk() {
            None => Ok(()),
            Some(chunk) => self
                .watch
                .unless_stopped(self.watch.words.send(Word::Event(ReadEvent::Rows(chunk))))
                .await
                .and_then(|sent| sent.map_err(|_| Stop::Dropped)),
        }
    }

    /// Moves rows until something stops the flow. `append` writes one row.
    pub(crate) async fn pump<S, T, E>(
        &mut self,
        rows: &mut S,
        mut append: impl FnMut(&mut Encoder, T) -> Result<Flow, E>,
    ) -> Stop<E>
    where
        S: Stream<Item = Result<T, E>> + Unpin,
    {
        loop {
            // Rows that are there already skip the select, which costs more than they do.
            let next = match rows.next().now_or_never() {
                Some(next) => next,
                None => match self.wait(rows).await {
                    Ok(next) => next,
                    Err(stop) => return stop,
                },
            };
            match next.map(|row| row.and_then(|row| append(&mut self.encoder, row))) {
                Some(Ok(Flow::More)) => {}
                Some(Ok(Flow::Enough)) => return Stop::Enough,
                Some(Err(error)) => return Stop::Failed(error),
                None => return Stop::Finished,
            }
            if self.encoder.is_full()
                && let Err(stop) = self.flush().await
            {
                return stop;
            }
        }
    }

    async fn wait<S, T, E>(&mut self, rows: &mut S) -> Result<Option<Result<T, E>>, Stop<E>>
    where
        S: Stream<Item = Result<T, E>> + Unpin,
    {
        loop {
            let next =
                self.watch.unless_stopped(tokio::time::timeout(TRICKLE, rows.next())).await?;
            match next {
                Ok(next) => return Ok(next),
                Err(_) => self.flush().await?,
            }
        }
    }

    /// Says how the read ended. A reader that has stopped reading without going away is not
    /// waited for, so that it does not hold a session.
    pub(crate) fn finish(&mut self, stop: Stop<ConnectError>) {
        let last = match stop {
            Stop::Finished | Stop::Enough => {
                Word::Event(ReadEvent::End(self.encoder.end(self.watch.started.elapsed())))
            }
            Stop::Cancelled => Word::Failed(ConnectError::Cancelled),
            Stop::TimedOut => Word::Failed(ConnectError::Timeout { after: self.timeout() }),
            Stop::Failed(error) => Word::Failed(error),
            Stop::Dropped => return,
        };
        // Rows that came before a failure are worth showing.
        let rows = self.encoder.take_chunk().map(|chunk| Word::Event(ReadEvent::Rows(chunk)));
        let words = self.watch.words.clone();
        let mut rest = rows.into_iter().chain([last]);
        while let Some(word) = rest.next() {
            if let Err(mpsc::error::TrySendError::Full(word)) = words.try_send(word) {
                tokio::spawn(async move {
                    for word in std::iter::once(word).chain(rest) {
                        if words.send(word).await.is_err() {
                            return;
                        }
                    }
                });
                return;
            }
        }
    }
}

/// Reads on without keeping anything; true when the rows end within `patience`. The drivers read
/// from their sockets without ever yielding while there is data, so a timer alone would not fire.
pub(crate) async fn drain<T, E>(
    rows: &mut (impl Stream<Item = Result<T, E>> + Unpin),
    patience: Duration,
) -> bool {
    let started = Instant::now();
    let rest = async {
        while let Some(Ok(_)) = rows.next().await {
            if started.elapsed() > patience {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(patience, rest).await.unwrap_or(false)
}

/// The reader's end: waits for the columns and for the first rows, the end or the failure.
pub(crate) async fn reading(mut words: mpsc::Receiver<Word>) -> Result<Reading, ConnectError> {
    let columns = match next_word(&mut words).await {
        Word::Columns(columns) => columns,
        Word::Failed(error) => return Err(error),
        Word::Event(_) => return Err(broken()),
    };
    let first = match next_word(&mut words).await {
        Word::Event(event) => event,
        Word::Failed(error) => return Err(error),
        Word::Columns(_) => return Err(broken()),
    };
    let done = matches!(first, ReadEvent::End(_));
    let first = futures::stream::once(futures::future::ready(Ok(first)));
    let rows = if done { Either::Left(first) } else { Either::Right(first.chain(rest(words))) };
    Ok(Reading { columns, rows: rows.boxed() })
}

fn rest(
    words: mpsc::Receiver<Word>,
) -> impl Stream<Item = Result<ReadEvent, ConnectError>> + Send + 'static {
    futures::stream::unfold(Some(words), |words| async move {
        let mut words = words?;
        Some(match next_word(&mut words).await {
            Word::Event(event @ ReadEvent::End(_)) => (Ok(event), None),
            Word::Event(event) => (Ok(event), Some(words)),
            Word::Failed(error) => (Err(error), None),
            Word::Columns(_) => (Err(broken()), None),
        })
    })
}

async fn next_word(words: &mut mpsc::Receiver<Word>) -> Word {
    words.recv().await.unwrap_or_else(|| Word::Failed(broken()))
}

/// The worker went away without a last word, which only a panic in a driver can do.
fn broken() -> ConnectError {
    ConnectError::Protocol {
        message: "the database driver gave up in the middle of the read".to_owned(),
    }
}
