//! The peers' aggregate: a small service order, with events of about the size of ours.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The difficulties that an order is screened with, in turns.
pub const DIFFICULTIES: [&str; 4] = ["easy", "medium", "hard", "expert"];

/// A fact of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderEvent {
    /// Placed by a resident.
    OrderPlaced {
        /// Its community.
        community: String,
        /// By which way it came.
        channel: String,
        /// What is wanted.
        category: String,
        /// How pressing.
        urgency: String,
    },
    /// Screened by the community.
    OrderScreened {
        /// Its community.
        community: String,
        /// What sort.
        kind: String,
        /// What is wanted.
        category: String,
        /// The catalogue asked.
        catalogue: String,
        /// How difficult.
        difficulty: String,
        /// Points for it.
        points: i64,
    },
}

/// An order, as its rules need it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Order {
    /// Its community, once placed.
    pub community: Option<String>,
    /// Its category.
    pub category: String,
    /// As screened last.
    pub difficulty: Option<String>,
}

/// Why not.
#[derive(Debug)]
pub enum OrderError {
    /// Not placed yet.
    Unknown,
    /// No such difficulty.
    UnknownDifficulty(String),
}

impl fmt::Display for OrderError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => out.write_str("there is no such order"),
            Self::UnknownDifficulty(name) => write!(out, "there is no difficulty {name}"),
        }
    }
}

impl std::error::Error for OrderError {}

impl Order {
    /// Screens it with a difficulty: nothing when it stands so.
    pub fn screen(&self, difficulty: &str) -> Result<Option<OrderEvent>, OrderError> {
        let community = self.community.clone().ok_or(OrderError::Unknown)?;
        let points = DIFFICULTIES
            .iter()
            .position(|known| *known == difficulty)
            .ok_or_else(|| OrderError::UnknownDifficulty(difficulty.to_owned()))?;
        if self.difficulty.as_deref() == Some(difficulty) {
            return Ok(None);
        }
        Ok(Some(OrderEvent::OrderScreened {
            community,
            kind: "resident_order".to_owned(),
            category: self.category.clone(),
            catalogue: "qianxinan-2021".to_owned(),
            difficulty: difficulty.to_owned(),
            points: points as i64 + 1,
        }))
    }

    /// Takes a fact in.
    pub fn take(&mut self, event: OrderEvent) {
        match event {
            OrderEvent::OrderPlaced { community, category, .. } => {
                (self.community, self.category) = (Some(community), category);
            }
            OrderEvent::OrderScreened { difficulty, .. } => self.difficulty = Some(difficulty),
        }
    }
}

/// The n-th fact of an order, counted from 0, as streams are filled before measuring.
pub fn fact(n: usize) -> OrderEvent {
    let community = "520201016001".to_owned();
    let placed = OrderEvent::OrderPlaced {
        community: community.clone(),
        channel: "online".to_owned(),
        category: "appliance_repair".to_owned(),
        urgency: "routine".to_owned(),
    };
    let order =
        Order { community: Some(community), category: "appliance_repair".to_owned(), difficulty: None };
    if n == 0 { placed } else { order.screen(difficulty(n as u64)).ok().flatten().unwrap_or(placed) }
}

/// The n-th difficulty: each is another than the one before it.
pub fn difficulty(n: u64) -> &'static str {
    DIFFICULTIES[(n % DIFFICULTIES.len() as u64) as usize]
}

/// The fact's name.
pub fn name_of(event: &OrderEvent) -> &'static str {
    match event {
        OrderEvent::OrderPlaced { .. } => "OrderPlaced",
        OrderEvent::OrderScreened { .. } => "OrderScreened",
    }
}

/// What goes beside each event, as ours has it.
pub fn metadata() -> [(&'static str, &'static str); 5] {
    [
        ("command", "screen-demand"),
        ("actor", "bench"),
        ("role", "operator"),
        ("occurred_at", "2026-11-21T16:24:00.123456789+08:00"),
        ("policy", "liupanshui/2026.1"),
    ]
}
