//! A legacy server by hand: it takes connections, and a case says byte by byte what happens on them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countermand_edge::listen::Transport;
use countermand_edge::{HostName, Legacy, LegacyConfig, Mode, Mount, Settings};
use countermand_upstream::{Base, Trust};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::listening::{Listening, bound, limits};
use crate::support::{Bench, done, settings};

/// Where a legacy server listens.
pub(crate) struct Old(TcpListener);

impl Old {
    pub(crate) async fn new() -> Old {
        Old(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub(crate) async fn connection(&self) -> Wire {
        Wire(bound(self.0.accept()).await.unwrap().0)
    }
}

/// One end of a connection.
pub(crate) struct Wire(pub(crate) TcpStream);

impl Wire {
    pub(crate) async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// What comes, up to an ending.
    pub(crate) async fn until(&mut self, ending: &str) -> String {
        let mut text = Vec::new();
        while !text.ends_with(ending.as_bytes()) {
            let byte = bound(self.0.read_u8()).await;
            text.push(byte.unwrap_or_else(|_| panic!("no more after {:?}", String::from_utf8_lossy(&text))));
        }
        String::from_utf8(text).unwrap()
    }

    pub(crate) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// What comes, up to an ending or the end.
    pub(crate) async fn rest_or(&mut self, ending: &str) -> String {
        let mut text = Vec::new();
        while !text.ends_with(ending.as_bytes()) {
            match bound(self.0.read_u8()).await {
                Ok(byte) => text.push(byte),
                Err(_) => break,
            }
        }
        String::from_utf8(text).unwrap()
    }

    /// Everything up to the end, and whether that was an orderly one.
    pub(crate) async fn rest(&mut self) -> (String, bool) {
        let mut text = Vec::new();
        let ended = bound(self.0.read_to_end(&mut text)).await;
        (String::from_utf8(text).unwrap(), ended.is_ok())
    }
}

/// What is known of a legacy server at an address.
pub(crate) fn known(address: SocketAddr, mode: Mode) -> LegacyConfig {
    LegacyConfig {
        base: Base::parse(&format!("http://{address}/echo")).unwrap(),
        trust: Trust::nobody(),
        timeout: Duration::from_secs(10),
        host: HostName::Client,
        credentials: None,
        mode,
        operations: Vec::new(),
        either: None,
        shadow: None,
    }
}

/// A gateway in front of a legacy server.
pub(crate) struct Front {
    pub(crate) bench: Bench,
    pub(crate) listening: Listening,
}

impl Front {
    pub(crate) async fn of(config: LegacyConfig) -> Front {
        Front::with(config, |_| {}).await
    }

    pub(crate) async fn with(config: LegacyConfig, change: impl FnOnce(&mut Mount)) -> Front {
        Front::built(settings(), config, change).await
    }

    pub(crate) async fn built(
        settings: Settings,
        config: LegacyConfig,
        change: impl FnOnce(&mut Mount),
    ) -> Front {
        let bench = Bench::built(settings, Arc::new(|call| Ok(done(call))), |mount| {
            mount.legacy = Some(Arc::new(Legacy::new(config)));
            change(mount);
        });
        let transport = Transport { keeps_spelling: true, ..Transport::default() };
        let listening = Listening::over(&bench.edge, limits(), transport).await;
        Front { bench, listening }
    }

    pub(crate) async fn passing(old: &Old) -> Front {
        Front::of(known(old.address(), Mode::Passthrough)).await
    }

    pub(crate) async fn connect(&self) -> Wire {
        Wire(TcpStream::connect(self.listening.address).await.unwrap())
    }

    /// Asks on a connection of its own.
    pub(crate) async fn ask(&self, request: &str) -> Wire {
        let mut client = self.connect().await;
        client.write(request).await;
        client
    }
}
