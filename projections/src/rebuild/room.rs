//! Which projection makes room when the rows of all of them are too heavy together: the one with the heaviest rows that are not likely to be
//! touched again. A demand that is done does not come back; the card of a member comes back with every service. What came back of what a
//! projection had put away tells which is which.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What all lanes hold.
pub(super) struct Room {
    bound: AtomicUsize,
    held: AtomicUsize,
    /// What of it each lane could do without.
    idle: Vec<AtomicUsize>,
}

impl Room {
    /// For so many lanes, and about so many bytes.
    pub(super) fn new(lanes: usize, bytes: usize) -> Self {
        let idle = (0..lanes).map(|_| AtomicUsize::new(0)).collect();
        Self { bound: AtomicUsize::new(bytes), held: AtomicUsize::new(0), idle }
    }

    /// About so many bytes from now on.
    pub(super) fn set(&self, bytes: usize) {
        self.bound.store(bytes, Ordering::Relaxed);
    }

    /// Whether this lane has to make room.
    pub(super) fn is_short(&self, lane: usize) -> bool {
        let own = self.idle[lane].load(Ordering::Relaxed);
        self.held.load(Ordering::Relaxed) > self.bound.load(Ordering::Relaxed)
            && self.idle.iter().all(|idle| idle.load(Ordering::Relaxed) <= own)
    }
}

/// One lane's part.
#[derive(Default)]
pub(super) struct Share {
    /// Bytes.
    weight: usize,
    /// Rows that were put away to make room, and those of them that were needed again.
    left: usize,
    returned: usize,
}

impl Share {
    /// Tells what this lane holds now.
    pub(super) fn weigh(&mut self, weight: usize, lane: usize, room: &Room) {
        let more = weight.wrapping_sub(std::mem::replace(&mut self.weight, weight));
        room.held.fetch_add(more, Ordering::Relaxed);
        room.idle[lane].store(self.idle(), Ordering::Relaxed);
    }

    /// Rows were put away.
    pub(super) fn left(&mut self, rows: usize) {
        self.left += rows;
    }

    /// Rows were needed again.
    pub(super) fn returned(&mut self, rows: usize) {
        self.returned += rows;
    }

    /// The part of its weight that is not likely to be needed again. Never nothing: where all come back, somebody still has to go.
    fn idle(&self) -> usize {
        let gone = self.left.saturating_sub(self.returned);
        self.weight / 16 + self.weight / 16 * 15 * (gone + 1) / (self.left + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 3 A: the memory of a rebuild is bounded, and rows that are touched all the time stay.
    #[test]
    fn who_has_the_most_that_does_not_come_back_makes_room() {
        let room = Room::new(2, 1_000);
        let (mut cards, mut demands) = (Share::default(), Share::default());
        cards.weigh(600, 0, &room);
        demands.weigh(400, 1, &room);
        assert!(!room.is_short(0) && !room.is_short(1), "there is room for all");
        demands.weigh(500, 1, &room);
        assert!(room.is_short(0) && !room.is_short(1), "at first the heaviest goes");
        cards.left(100);
        cards.returned(90);
        cards.weigh(600, 0, &room);
        assert!(!room.is_short(0) && room.is_short(1), "cards come back");
        demands.left(100);
        demands.weigh(1, 1, &room);
        assert!(!room.is_short(0) && !room.is_short(1), "there is room again");
        cards.weigh(5_000, 0, &room);
        assert!(room.is_short(0), "and where only they are left, they go");
    }
}
