//! The bell of the queue: one listening connection a service; whoever watches a board is told that
//! something in the clinic changed, and asks what.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

/// Rings for the boards of each clinic.
#[derive(Default)]
pub struct Bell {
    boards: Mutex<HashMap<i64, broadcast::Sender<()>>>,
}

impl Bell {
    /// A ring for every change in this clinic from now on.
    pub(super) fn watch(&self, clinic: i64) -> Option<broadcast::Receiver<()>> {
        let mut boards = self.boards.lock().ok()?;
        boards.retain(|_, sender| sender.receiver_count() > 0);
        Some(boards.entry(clinic).or_insert_with(|| broadcast::channel(8).0).subscribe())
    }

    fn ring(&self, clinic: i64) {
        if let Ok(boards) = self.boards.lock()
            && let Some(board) = boards.get(&clinic)
        {
            // Nobody watching is no failure.
            let _ = board.send(());
        }
    }

    fn ring_all(&self) {
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
