//! What a request costs that passes through to a legacy server, against nginx `proxy_pass` in front of the same one.
//! Both forward a poll over kept connections and say who asks; the legacy server is an nginx with a fixed body.

use std::path::Path;
use std::process::Command;

use crate::load::{Case, Slice};
use crate::peer::Nginx;
use crate::server::{Server, config_with, program};
use crate::{Flags, print};

/// Prints one row without users and one with a realm that is asked.
pub(crate) fn measure(flags: &Flags, folder: &Path) {
    // Beside the load, so that the processor of those who are measured is theirs.
    let legacy = Nginx::start(&folder.join("legacy"), "1");
    let proxy = Nginx::in_front(folder, "0", legacy.address);
    let base = Case::passed_on("nginx proxy_pass", proxy.address);
    println!("{:<28} {:>24} {:>12} {:>4}", "case", "to proxy_pass", "CPU us", "n");
    for (name, realm) in [("passthrough", "realm = \"none\"\n"), ("passthrough, with a realm", "")] {
        let place = folder.join(name.replace(", ", "-").replace(' ', "-"));
        std::fs::create_dir_all(&place).expect("a folder to write in");
        let more = format!(
            "[engines.old]\nkind = \"upstream\"\ndialect = \"oracle-ess\"\nurl = \"http://{}/ess/rest/scheduler/v1\"\n\
             [[mounts]]\ndialect = \"oracle-ess\"\nengine = \"primary\"\nlegacy = \"old\"\nmode = \"passthrough\"\n{realm}",
            legacy.address
        );
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(program()).args(["serve", "--config"]);
        command.arg(config_with(&place, "memory", &more));
        let server = Server::spawn(command);
        let case = Case::passed_on(name, server.listen);
        let (mut ratios, mut costs) = (Vec::new(), Vec::new());
        for _ in 0..flags.rounds {
            let base = Slice::of(&base, proxy.worker, flags.connections, folder);
            let slice = Slice::of(&case, server.id(), flags.connections, folder);
            if let (Some(base), Some(cost)) = (base.cost(), slice.cost()) {
                ratios.push(cost / base);
                costs.push(cost);
            }
        }
        server.kill();
        print(&case, &mut ratios, &mut costs, flags.rounds);
    }
}
