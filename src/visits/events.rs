//! The bell of the queue: one listening connection a service; whoever watches a board is told that
//! something in the clinic changed, and asks what.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

/// Most boards of one clinic that are told at a time.
const MAX_BOARDS: usize = 200;

/// Rings for the boards of each clinic.
#[derive(Default)]
pub struct Bell {
    boards: Mutex<HashMap<i64, broadcast::Sender<()>>>,
}

impl Bell {
    /// A ring for every change in this clinic from now on; none where too many listen already.
    pub(super) fn watch(&self, clinic: i64) -> Option<broadcast::Receiver<()>> {
        let mut boards = self.boards.lock().ok()?;
        boards.retain(|_, sender| sender.receiver_count() > 0);
        let board = boards.entry(clinic).or_insert_with(|| broadcast::channel(8).0);
        (board.receiver_count() < MAX_BOARDS).then(|| board.subscribe())
    }

    fn ring(&self, clinic: i64) {
        if let Ok(boards) = self.boards.lock()
            && let Some(board) = boards.get(&clinic)
        {
            // Nobody watching is no failure.
            let _ = board.send(());
        }
    }

    /// Wakes every board: something may have changed while nobody listened, or the service is leaving.
    pub(crate) fn ring_all(&self) {
        if let Ok(boards) = self.boards.lock() {
            for board in boards.values() {
                let _ = board.send(());
            }
        }
    }
}

/// Listens for as long as the service lives, and again after an outage. A NOTIFY is a hint: after a gap
/// every board is rung, so that none shows what is over. It uses a connection of its own, never one
/// of the clinic pool: the gate refuses a connection that listens.
pub async fn listen(app: actix_web::web::Data<crate::app::App>, url: String) {
    loop {
        let heard = async {
            let mut listener = PgListener::connect(&url).await?;
            listener.listen("polyclinic_queue").await?;
            app.bell.ring_all();
            loop {
                match listener.try_recv().await? {
                    Some(note) => {
                        if let Ok(clinic) = note.payload().parse() {
                            app.bell.ring(clinic);
                        }
                    }
                    None => app.bell.ring_all(),
                }
            }
        };
        let ended: Result<(), sqlx::Error> = heard.await;
        if ended.is_err() {
            tracing::warn!("The queue's bell lost its connection; trying again");
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_heard_in_its_own_clinic_alone() {
        let bell = Bell::default();
        let (mut north, mut south) = (bell.watch(1).unwrap(), bell.watch(2).unwrap());
        bell.ring(1);
        assert!(north.try_recv().is_ok() && south.try_recv().is_err());
        bell.ring_all();
        assert!(north.try_recv().is_ok() && south.try_recv().is_ok());
    }

    #[test]
    fn a_clinic_has_so_many_boards_and_no_more() {
        let bell = Bell::default();
        let boards: Vec<_> = (0..MAX_BOARDS).map(|_| bell.watch(1).unwrap()).collect();
        assert!(bell.watch(1).is_none() && bell.watch(2).is_some());
        drop(boards);
        assert!(bell.watch(1).is_some());
    }
}
