//! A database that dies, freezes, or cannot be reached (test catalogue 4, 8).

use std::time::Duration;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use tokio::task::spawn_blocking;

use super::{Round, kills::conclude};
use crate::cluster::Cluster;
use crate::place::Place;
use crate::proxy::Proxy;
use crate::serving::{Crowd, Server, found};

/// Clients that submit at the same time.
const CLIENTS: usize = 8;

/// A server under load on a database of its own.
struct Scene {
    place: Place,
    server: Server,
    crowd: std::sync::Arc<Crowd>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Scene {
    /// Serves the ledger of the place through the address given.
    fn open(place: Place, url: &str) -> Self {
        found(&place.url());
        let server = Server::start(url, None).unwrap();
        let crowd = Crowd::new();
        let clients = crowd.load(std::slice::from_ref(&server.base), CLIENTS);
        Self { place, server, crowd, clients }
    }

    /// The load goes on as before.
    async fn recovers(&self) {
        self.crowd.until(CLIENTS * 3, || false).await;
    }

    /// Sends again what is open, and checks everything.
    async fn close(self, what: &str) -> String {
        self.crowd.stop();
        for client in self.clients {
            client.await.unwrap();
        }
        let open = self.crowd.settle(&self.server.base).await;
        drop(self.server);
        format!("{what}, {}", conclude(&self.place, &self.crowd, open).await)
    }
}

async fn moment(dice: &mut ChaCha8Rng) {
    tokio::time::sleep(Duration::from_millis(dice.random_range(0..150))).await;
}

/// PostgreSQL's postmaster, or all of it, killed under load and started again.
pub(super) async fn killed(round: Round) -> String {
    let cluster = std::sync::Arc::new(
        spawn_blocking(|| Cluster::start("-c max_connections=50 -c shared_buffers=64MB")).await.unwrap(),
    );
    let place = Place::on(cluster.url());
    let url = place.url();
    let (scene, mut dice) = (Scene::open(place, &url), round.dice());
    for number in 0..2 * round.size {
        scene.recovers().await;
        moment(&mut dice).await;
        if number % 2 == 0 {
            cluster.kill_all();
        } else {
            cluster.kill();
        }
        moment(&mut dice).await;
        let killed = cluster.clone();
        spawn_blocking(move || killed.start_again()).await.unwrap();
    }
    scene.recovers().await;
    scene.close(&format!("{} kills of PostgreSQL", 2 * round.size)).await
}

/// PostgreSQL frozen under load, and going on.
pub(super) async fn frozen(round: Round) -> String {
    let cluster =
        spawn_blocking(|| Cluster::start("-c max_connections=50 -c shared_buffers=64MB")).await.unwrap();
    let place = Place::on(cluster.url());
    let url = place.url();
    let (scene, mut dice) = (Scene::open(place, &url), round.dice());
    for number in 0..round.size {
        scene.recovers().await;
        moment(&mut dice).await;
        cluster.freeze();
        // The first one shorter than every time limit, the others longer than all of them.
        tokio::time::sleep(Duration::from_secs(if number == 0 { 3 } else { 25 })).await;
        cluster.thaw();
    }
    scene.recovers().await;
    scene.close(&format!("frozen {} times", round.size)).await
}

/// The wire to PostgreSQL cut, dragging and stalled under load.
pub(super) async fn wire(round: Round) -> String {
    let place = Place::postgres();
    let wire = Proxy::before(&place.url()).await;
    let url = wire.through(&place.url());
    let (scene, mut dice) = (Scene::open(place, &url), round.dice());
    for number in 0..round.size {
        for _ in 0..4 {
            scene.recovers().await;
            moment(&mut dice).await;
            wire.cut();
        }
        wire.cut_next_commit();
        scene.recovers().await;
        wire.slow_down();
        scene.recovers().await;
        wire.stall();
        tokio::time::sleep(Duration::from_secs(if number == 0 { 3 } else { 30 })).await;
        wire.mend();
    }
    scene.recovers().await;
    scene.close(&format!("{} cuts", 5 * round.size)).await
}
