//! `countermand record`: a proxy that writes fixtures. Checks what was asked, starts it and tells what came of it.

mod arguments;

use std::io::Write;
use std::os::unix::fs::DirBuilderExt;

use countermand_conformance::record::{Keep, Settings, Tape};
use countermand_conformance::target::Control;
use countermand_dialects::Dialect;

pub(super) use arguments::Arguments;

use crate::exit::{self, Failure};
use crate::record::{Recorder, Upstream};
use crate::{compose, logs};

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        if !self.listen.ip().is_loopback() && !self.expose {
            let problem = "is beyond loopback, and whoever can connect there can call the server";
            let advice = "listen at 127.0.0.1, or add --expose";
            return Err(usage(format!("--listen {} {problem}; {advice}", self.listen)));
        }
        let upstream =
            Upstream::new(&self.upstream).map_err(|problem| usage(format!("--upstream: {problem}")))?;
        let tape = Tape::new(self.settings(&upstream)?);
        let into = self.into.display();
        // Found out now, not when the first file is written.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.into)
            .map_err(|error| Failure::new(exit::IO, format!("record: cannot make {into}: {error}")))?;
        logs::start();
        let summary = super::block_on(&mut tokio::runtime::Builder::new_multi_thread(), async {
            let recorder = Recorder::bind(self.listen, upstream).await.map_err(|error| {
                Failure::new(exit::IO, format!("record: cannot listen at {}: {error}", self.listen))
            })?;
            recorder.run(tape, compose::terminated()?).await.map_err(|error| {
                Failure::new(exit::IO, format!("record: a fixture in {into} cannot be written: {error}"))
            })
        })?;
        writeln!(std::io::stdout(), "{summary}")?;
        Ok(())
    }

    fn settings(&self, upstream: &Upstream) -> Result<Settings, Failure> {
        let keep = self.keep.iter().map(|place| Keep::read(place));
        let control = self.control.as_ref().map(|url| {
            let token = self.token.as_deref().ok_or_else(|| {
                usage("--control needs a token; set COUNTERMAND_TOKEN, or give --token TOKEN".to_owned())
            })?;
            Control::new(url, token, &self.namespace)
                .map_err(|problem| usage(format!("--control: {problem}")))
        });
        if self.source.trim().is_empty() {
            return Err(usage("--source is empty; say what is recorded, or leave it out".to_owned()));
        }
        Ok(Settings {
            into: self.into.clone(),
            upstream: upstream.authority().to_owned(),
            dialect: self.dialect.as_deref().map(dialect).transpose()?,
            keep: keep.collect::<Result<_, _>>().map_err(|problem| usage(format!("--keep: {problem}")))?,
            control: control.transpose()?,
            source: self.source.clone(),
        })
    }
}

fn dialect(name: &str) -> Result<&'static Dialect, Failure> {
    super::dialect(name).map_err(|problem| usage(format!("--dialect: {problem}")))
}

fn usage(problem: String) -> Failure {
    Failure::new(exit::USAGE, format!("record: {problem}"))
}
