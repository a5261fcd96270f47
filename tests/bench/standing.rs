//! What a server takes without being asked much: memory, and the time until it is ready.

use std::path::Path;

use crate::asked::Case;
use crate::client::Client;
use crate::figure::Figure;
use crate::process::memory;
use crate::world::{Kept, Templates, World};

/// Connections that stay open and ask nothing more.
const IDLE: usize = 10_000;

/// MiB, and milliseconds.
pub(crate) struct Standing {
    pub(crate) idle: Option<Figure>,
    pub(crate) connected: Option<Figure>,
    /// By the size of the ledger.
    pub(crate) ready: Vec<(i64, Option<Figure>)>,
}

/// Starts servers, so many times each, and looks at them.
pub(crate) fn standing(
    sizes: &[i64],
    poll: &Case,
    rounds: usize,
    templates: &mut Templates,
    folder: &Path,
) -> Standing {
    let (mut idle, mut connected) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let ours = World { store: Kept::Durable, jobs: sizes[0], front: None }.start(templates, folder);
        ask(&mut ours.server.client(), poll, sizes[0]);
        idle.push(memory(ours.worker, "VmRSS"));
        let open: Vec<Client> = (0..IDLE)
            .map(|_| ours.server.client())
            .map(|mut client| {
                ask(&mut client, poll, sizes[0]);
                client
            })
            .collect();
        connected.push(memory(ours.worker, "VmRSS"));
        drop(open);
    }
    let mut ready = Vec::new();
    for jobs in sizes {
        let starts: Vec<f64> = (0..rounds)
            .map(|_| World { store: Kept::Durable, jobs: *jobs, front: None }.start(templates, folder))
            .map(|ours| ours.ready.as_secs_f64() * 1000.0)
            .collect();
        ready.push((*jobs, Figure::of(&starts)));
    }
    Standing { idle: Figure::of(&idle), connected: Figure::of(&connected), ready }
}

fn ask(client: &mut Client, poll: &Case, jobs: i64) {
    let (line, headers, body) = poll.request(1, jobs);
    assert_eq!(client.request(&line, &headers, &body).expect("it is answered").status, poll.status);
}
