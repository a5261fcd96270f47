//! The control API of a running gateway, as far as cases need it: jobs are described, looked at and listed. Knows its
//! URLs and the names of a few members.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use serde_json::Value;

use super::Trouble;
use super::client::Client;
use crate::compare::json::Json;

/// A control API, the token for it, and the namespace that the target's mounts see.
pub struct Control {
    client: Client,
    authorization: HeaderValue,
    namespace: String,
}

impl Control {
    /// The control API at `url`. Connects to nothing yet.
    ///
    /// # Errors
    /// A sentence where the URL or the token cannot be used.
    pub fn new(url: &str, token: &str, namespace: &str) -> Result<Control, String> {
        let client = Client::new(url)?;
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| "the token has characters that no header carries; check it".to_owned())?;
        authorization.set_sensitive(true);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if namespace.is_empty() || !namespace.chars().all(fits) {
            return Err(format!("{namespace:?} is not a namespace; it has letters, digits, -, _ and ."));
        }
        Ok(Control { client, authorization, namespace: namespace.to_owned() })
    }

    /// What messages call it.
    pub(super) fn place(&self) -> String {
        format!("the namespace {} of {}", self.namespace, self.client.base().url)
    }

    /// Every job that is there: its number and its name.
    pub(super) async fn jobs(&self) -> Result<Vec<(i64, Option<String>)>, Trouble> {
        let mut jobs = Vec::new();
        let mut after = 0;
        loop {
            let query = format!("after={after}&limit=1000&");
            let (_, page) = self.ask(Method::GET, "/v1/jobs", &query, None, &[200]).await?;
            let rows = page.get("jobs").and_then(Value::as_array).cloned().unwrap_or_default();
            jobs.extend(rows.iter().filter_map(|job| {
                let name = job.get("name").and_then(Value::as_str).map(str::to_owned);
                Some((job.get("number")?.as_i64()?, name))
            }));
            match page.get("next").and_then(Value::as_i64).filter(|next| *next > after) {
                Some(next) => after = next,
                None => return Ok(jobs),
            }
        }
    }

    /// Every job that is there, whole, each the text that the control API writes; with `results`, those too.
    pub(crate) async fn described(&self, results: bool) -> Result<Vec<Json>, Trouble> {
        let mut jobs = Vec::new();
        let mut after = 0;
        loop {
            let query = format!("after={after}&limit=1000&");
            let page = self.text(Method::GET, "/v1/jobs", &query, None, &[200]).await?.1;
            let page = Json::read(&page).map_err(|why| self.unreadable(&why))?;
            let next = page.member("next").and_then(Json::integer).filter(|next| *next > after);
            jobs.extend(page.member("jobs").map(Json::items).unwrap_or_default().iter().cloned());
            match next {
                Some(next) => after = next,
                None => break,
            }
        }
        if results {
            // A list leaves them out.
            for job in &mut jobs {
                let number = job.member("number").and_then(Json::integer).unwrap_or_default();
                let path = format!("/v1/jobs/{number}");
                let (status, whole) = self.text(Method::GET, &path, "", None, &[200, 404]).await?;
                if status == 200 {
                    *job = Json::read(&whole).map_err(|why| self.unreadable(&why))?;
                }
            }
        }
        Ok(jobs)
    }

    /// Describes a job, in place of whatever has its number.
    pub(super) async fn put(&self, number: i64, description: String) -> Result<(), Trouble> {
        let path = format!("/v1/jobs/{number}");
        self.ask(Method::PUT, &path, "replace=true&", Some(description), &[200, 201]).await.map(|_| ())
    }

    /// The names of a job and of its state, empty where it has none; `None` where there is no such job.
    pub(super) async fn names(&self, number: i64) -> Result<Option<(String, String)>, Trouble> {
        let (status, job) =
            self.ask(Method::GET, &format!("/v1/jobs/{number}"), "", None, &[200, 404]).await?;
        let text = |member: &str| job.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok((status == 200).then(|| (text("name"), text("state"))))
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &str,
        body: Option<String>,
        fine: &[u16],
    ) -> Result<(u16, Value), Trouble> {
        let (status, text) = self.text(method, path, query, body, fine).await?;
        Ok((status, serde_json::from_str(&text).unwrap_or_default()))
    }

    /// The same, with the answer as it is written.
    async fn text(
        &self,
        method: Method,
        path: &str,
        query: &str,
        body: Option<String>,
        fine: &[u16],
    ) -> Result<(u16, String), Trouble> {
        let target = format!("{path}?{query}namespace={}", self.namespace);
        let mut request = Request::builder()
            .method(method)
            .uri(&target)
            .header(header::HOST, &self.client.base().authority)
            .header(header::AUTHORIZATION, &self.authorization);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let described = body.clone().unwrap_or_default();
        let request = request.body(Bytes::from(body.unwrap_or_default()));
        let request = request.map_err(|error| Trouble::Case(format!("{target} cannot be asked: {error}")))?;
        let answer = self.client.send(request).await?;
        if fine.contains(&answer.status) {
            return Ok((answer.status, answer.body));
        }
        let document: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let says =
            document.get("detail").or(document.get("title")).and_then(Value::as_str).unwrap_or(&answer.body);
        let problem =
            format!("{}{path} answered {}: {says} {described}", self.client.base().url, answer.status);
        Err(match answer.status {
            401 | 403 => Trouble::Gone(format!("{}; check --token", problem.trim_end())),
            _ => Trouble::Case(problem.trim_end().to_owned()),
        })
    }

    fn unreadable(&self, why: &str) -> Trouble {
        Trouble::Gone(format!("{} is not understood: {why}", self.place()))
    }
}
