//! What Patroni and HAProxy are told.

use std::path::Path;

/// The ports of one node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) etcd: u16,
    pub(super) peer: u16,
    pub(super) rest: u16,
    pub(super) postgres: u16,
}

/// Short times, so that a round is short: in earnest take Patroni's own (`ttl` 30, `loop_wait` 10).
///
/// The section `etcd`, not `etcd3`: with the latter Patroni 3.0 writes the leader's key without comparing, so that a leader that
/// stood still takes its lock back from the new one, and what that one stored is lost.
pub(super) fn patroni(home: &Path, bin: &Path, number: usize, all: &[Ports; 3]) -> String {
    let own = all[number];
    let etcd = all.map(|ports| format!("127.0.0.1:{}", ports.etcd)).join(",");
    let (home, bin) = (home.display(), bin.display());
    format!(
        r"scope: ledger
name: n{number}
restapi: {{listen: '127.0.0.1:{rest}', connect_address: '127.0.0.1:{rest}'}}
etcd: {{hosts: '{etcd}'}}
bootstrap:
  dcs:
    ttl: 5
    loop_wait: 1
    retry_timeout: 2
    synchronous_mode: true
    failsafe_mode: true
    postgresql:
      use_pg_rewind: true
      parameters: {{wal_log_hints: 'on', max_connections: 60, shared_buffers: 32MB, synchronous_commit: 'on'}}
  initdb: [{{encoding: UTF8}}, data-checksums, {{locale: C.UTF-8}}]
  pg_hba:
    - host replication all 127.0.0.1/32 trust
    - host all all 127.0.0.1/32 trust
    - local all all trust
postgresql:
  listen: 127.0.0.1:{port}
  connect_address: 127.0.0.1:{port}
  data_dir: {home}/data{number}
  bin_dir: {bin}
  pgpass: {home}/pgpass{number}
  authentication:
    superuser: {{username: postgres, password: none}}
    replication: {{username: replicator, password: none}}
    rewind: {{username: rewind, password: none}}
  parameters: {{unix_socket_directories: '{home}'}}
",
        rest = own.rest,
        port = own.postgres,
    )
}

/// One address that always leads to the leader, and cuts what leads to a leader that is none any more.
pub(super) fn haproxy(front: u16, all: &[Ports; 3]) -> String {
    let servers = (all.iter().enumerate())
        .map(|(number, Ports { postgres, rest, .. })| {
            format!("  server n{number} 127.0.0.1:{postgres} check port {rest}")
        })
        .collect::<Vec<_>>()
        .join("\n");
    format!(
        "global
  maxconn 500
defaults
  mode tcp
  timeout connect 2s
  timeout client 10m
  timeout server 10m
  timeout check 2s
listen leader
  bind 127.0.0.1:{front}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"
    )
}
