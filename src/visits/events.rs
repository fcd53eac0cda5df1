//! The bell of the queue: one listening connection a service; whoever watches a board is told that
//! something in the clinic changed, and asks what.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

/// Most boards of one clinic that are told at a time.
const MAX_BOARDS: usize = 200;

/// Most boards of one session. A ninth is let in and the oldest goes: the screen that was opened last is the one somebody
/// looks at. To refuse it would leave that one still, for a browser does not ask again after a refusal.
const MAX_OWN: usize = 8;

/// Rings for the boards of each clinic.
#[derive(Default)]
pub struct Bell {
    boards: Mutex<HashMap<i64, broadcast::Sender<()>>>,
    seats: Mutex<HashMap<Uuid, Vec<Weak<Notify>>>>,
}

impl Bell {
    /// A ring for every change in this clinic from now on; none where too many listen already.
    pub(super) fn watch(&self, clinic: i64) -> Option<broadcast::Receiver<()>> {
        let mut boards = self.boards.lock().ok()?;
        boards.retain(|_, sender| sender.receiver_count() > 0);
        let board = boards.entry(clinic).or_insert_with(|| broadcast::channel(8).0);
        (board.receiver_count() < MAX_BOARDS).then(|| board.subscribe())
    }

    /// A seat among the boards of a session; whoever holds it gives it up when it is notified.
    pub(super) fn sit(&self, session: Uuid) -> Option<Arc<Notify>> {
        let mut seats = self.seats.lock().ok()?;
        seats.retain(|_, own| {
            own.retain(|seat| seat.strong_count() > 0);
            !own.is_empty()
        });
        let own = seats.entry(session).or_default();
        while own.len() >= MAX_OWN {
            // A permit stays for whoever does not wait yet.
            if let Some(oldest) = own.remove(0).upgrade() {
                oldest.notify_one();
            }
        }
        let seat = Arc::new(Notify::new());
        own.push(Arc::downgrade(&seat));
        Some(seat)
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

    #[tokio::test]
    async fn a_session_has_eight_seats_and_the_oldest_goes_first() {
        let bell = Bell::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut seats: Vec<_> = (0..MAX_OWN).map(|_| bell.sit(one).unwrap()).collect();
        let foreign = bell.sit(other).unwrap();
        let ninth = bell.sit(one).unwrap();
        let gone = |seat: Arc<Notify>| async move {
            let soon = std::time::Duration::from_millis(5);
            tokio::time::timeout(soon, seat.notified()).await.is_ok()
        };
        assert!(gone(seats[0].clone()).await && !gone(seats[1].clone()).await);
        assert!(!gone(ninth.clone()).await && !gone(foreign).await);
        // Whoever leaves makes room.
        seats.clear();
        let again: Vec<_> = (0..MAX_OWN - 1).map(|_| bell.sit(one).unwrap()).collect();
        assert!(!gone(ninth).await && again.len() == MAX_OWN - 1);
    }
}
