//! WebSockets that visitors keep open after their last request.

use super::{
    cloud::clock::{MINUTE, Millis},
    month::{Event, Month},
};

/// One visit in so many opens a WebSocket, for so many minutes. Even the shortest is longer than
/// the idle time, and so could be cut off.
const OPENS: u32 = 4;
const MINUTES: std::ops::Range<Millis> = 40..300;

impl Month<'_> {
    /// The app has answered a visitor.
    pub(super) fn may_open_socket(&mut self) {
        let Some(beside) = self.conditions.sockets.filter(|_| self.socket_dice.once_in(OPENS)) else {
            return;
        };
        let until = self.now + self.socket_dice.between(MINUTES) * MINUTE;
        self.sockets += 1;
        self.judge.hold(self.now);
        self.metrics.socket(self.now, until, beside.socket());
        self.world.events.add(until, Event::SocketCloses { generation: self.socket_generation });
    }

    /// Its close ends the use.
    pub(super) fn socket_closes(&mut self, generation: u32) {
        if generation == self.socket_generation {
            self.sockets -= 1;
            self.judge.release(self.now);
            self.judge.used(self.now);
        }
    }

    /// The last task that could have one open is gone.
    pub(super) fn hang_up(&mut self) {
        for _ in 0..std::mem::take(&mut self.sockets) {
            self.judge.release(self.now);
        }
        self.socket_generation += 1;
        self.metrics.hang_up(self.now);
    }
}
