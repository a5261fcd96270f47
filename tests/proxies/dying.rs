//! What a proxy sees of a gateway that dies: a peer that takes calls, writes down what came, and ends the connection
//! before or within its answer. It knows the PROXY protocol's length, and no dialect.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The part of a path that says how it dies.
pub(crate) const WITHOUT_A_WORD: &str = "without-a-word";
pub(crate) const MID_ANSWER: &str = "mid-answer";

/// A peer that dies on demand, on one connection at a time; it listens until the tests end.
pub(crate) struct Dying {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Dying {
    /// `behind_proxy_protocol`: whether each connection begins with the header of version 2.
    pub(crate) fn listen(behind_proxy_protocol: bool) -> Dying {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let lines = Arc::clone(&lines);
                // A connection that ends is what this is for.
                std::thread::spawn(move || serve(stream, behind_proxy_protocol, &lines).ok());
            }
        });
        Dying { address, seen }
    }

    /// The request lines that have come, in order.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    behind_proxy_protocol: bool,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    if behind_proxy_protocol {
        let mut fixed = [0; 16];
        reader.read_exact(&mut fixed)?;
        let mut addresses = vec![0; usize::from(u16::from_be_bytes([fixed[14], fixed[15]]))];
        reader.read_exact(&mut addresses)?;
    }
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let length = head.to_ascii_lowercase();
        let length = length.lines().find_map(|line| line.strip_prefix("content-length:"));
        let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
        reader.read_exact(&mut body)?;
        let line = head.lines().next().unwrap().to_owned();
        seen.lock().unwrap().push(line.clone());
        if line.contains(WITHOUT_A_WORD) {
            return Ok(());
        }
        let whole = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nalive";
        let is_cut = line.contains(MID_ANSWER);
        stream.write_all(&whole.as_bytes()[..whole.len() - if is_cut { 3 } else { 0 }])?;
        if is_cut {
            return Ok(());
        }
    }
}
