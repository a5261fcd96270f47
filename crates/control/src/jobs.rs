//! Describing and reading jobs.

use countermand_dialects::grammar::number::decimal;
use countermand_ledger::{Put, Store};
use countermand_model::{Draft, Field, Filter, Job, Test, Value};
use http::header::LOCATION;
use http::{HeaderValue, Response, StatusCode};

use crate::asked::Asked;
use crate::media::{self, Media};
use crate::read::describe::describe;
use crate::read::names::{self, DEFAULT_NAMESPACE};
use crate::request_body::RequestBody;
use crate::wire::{JobWire, JobsWire};
use crate::{ControlBody, Problem, answer, conditions, ndjson};

/// A job as JSON text, as every answer that shows its results writes it.
#[must_use]
pub fn render(job: &Job, results: &[String]) -> Vec<u8> {
    serde_json::to_vec(&JobWire::of(job, Some(results)))
        .expect("results and attributes are kept as JSON text")
}

/// `PUT /v1/jobs/{number}`.
pub(crate) async fn put(mut asked: Asked, body: RequestBody) -> Result<Response<ControlBody>, Problem> {
    let number = asked.number()?;
    let namespace = asked.query.namespace()?;
    let replace = asked.query.flag("replace")?;
    asked.query.finish()?;
    let (in_body, in_namespace, draft) = description(&asked, body).await?;
    if in_body.is_some_and(|in_body| in_body != number) {
        return Err(Problem::invalid("/number".to_owned(), format!("the path says {number}")));
    }
    if in_namespace.is_some_and(|name| name != namespace) {
        let why = format!("the query says `{namespace}`, or nothing, which is `{DEFAULT_NAMESPACE}`");
        return Err(Problem::invalid("/namespace".to_owned(), why));
    }
    let if_revision = conditions::bound_to(&asked, &namespace, number).await?;
    let put = Put { replace, if_revision, ..described_by(&asked) };
    let (job, new) = asked.store().put(&namespace, Some(number), draft, put).await?;
    let (job, results) = with_results(asked.store(), job).await?;
    Ok(if new { created(&job, &results) } else { shown(StatusCode::OK, &job, Some(&results)) })
}

/// `POST /v1/jobs`: one job with the next number, or many, one per line.
pub(crate) async fn post(mut asked: Asked, body: RequestBody) -> Result<Response<ControlBody>, Problem> {
    let namespace = asked.query.named_namespace()?;
    asked.query.finish()?;
    if media::of(&asked.headers)? == Media::Lines {
        return ndjson::register(asked, body, namespace).await;
    }
    let (number, in_namespace, draft) = description(&asked, body).await?;
    if number.is_some() {
        let why = "a job registered by POST takes the next number; PUT /v1/jobs/{number} takes a given one";
        return Err(Problem::invalid("/number".to_owned(), why));
    }
    let namespace = agreed(namespace.as_deref(), in_namespace)?;
    let (job, _) = asked.store().put(&namespace, None, draft, described_by(&asked)).await?;
    let (job, results) = with_results(asked.store(), job).await?;
    Ok(created(&job, &results))
}

/// `GET /v1/jobs/{number}`.
pub(crate) async fn get(mut asked: Asked) -> Result<Response<ControlBody>, Problem> {
    let number = asked.number()?;
    let namespace = asked.query.namespace()?;
    asked.query.finish()?;
    let (job, results) = asked.store().get(&namespace, number).await?;
    if conditions::is_known(&asked.headers, job.revision) {
        let mut response = Response::new(ControlBody::default());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        conditions::mark(&mut response, job.revision);
        return Ok(response);
    }
    Ok(shown(StatusCode::OK, &job, Some(&results)))
}

/// `GET /v1/jobs`. Without results: there may be many, and each job has its own page.
pub(crate) async fn list(mut asked: Asked) -> Result<Response<ControlBody>, Problem> {
    let namespace = asked.query.namespace()?;
    let after = asked.query.number("after", 0..=i64::MAX)?.unwrap_or(0);
    let limit = asked.query.limit()?;
    let filter = filter(&mut asked)?;
    asked.query.finish()?;
    let jobs = asked.store().list(&namespace, filter, after, limit).await?;
    let full = jobs.len() as u64 >= limit;
    let next = jobs.last().filter(|_| full).map(|job| job.number);
    let jobs = jobs.iter().map(|job| JobWire::of(job, None)).collect();
    Ok(answer::json(StatusCode::OK, &JobsWire { jobs, next }))
}

/// An answer that shows a job, with its results or without.
pub(crate) fn shown(status: StatusCode, job: &Job, results: Option<&[String]>) -> Response<ControlBody> {
    let mut response = answer::json(status, &JobWire::of(job, results));
    conditions::mark(&mut response, job.revision);
    response
}

/// A job with its results, which a change does not read back by itself. Both are then of one moment.
pub(crate) async fn with_results(store: &Store, job: Job) -> Result<(Job, Vec<String>), Problem> {
    if job.results_total == 0 {
        return Ok((job, Vec::new()));
    }
    Ok(store.get(&job.namespace, job.number).await?)
}

/// The namespace of a job to register: the query names it, or the description does; where both do, they agree.
pub(crate) fn agreed(in_query: Option<&str>, in_body: Option<String>) -> Result<String, Problem> {
    match (in_query, in_body) {
        (Some(in_query), Some(in_body)) if in_query != in_body => {
            Err(Problem::invalid("/namespace".to_owned(), format!("the query says `{in_query}`")))
        }
        (_, Some(named)) => Ok(named),
        (Some(named), None) => Ok(named.to_owned()),
        (None, None) => Ok(DEFAULT_NAMESPACE.to_owned()),
    }
}

/// Who describes a job, as the ledger notes it where that begins a job anew or is under an order.
pub(crate) fn described_by(asked: &Asked) -> Put {
    Put {
        by: asked.by.clone(),
        client: asked.client.clone(),
        request_id: asked.request_id.clone(),
        ..Put::default()
    }
}

async fn description(
    asked: &Asked,
    body: RequestBody,
) -> Result<(Option<i64>, Option<String>, Draft), Problem> {
    describe(&asked.one_document(body).await?)
}

fn created(job: &Job, results: &[String]) -> Response<ControlBody> {
    let mut response = shown(StatusCode::CREATED, job, Some(results));
    let query = match job.namespace.as_str() {
        DEFAULT_NAMESPACE => String::new(),
        namespace => format!("?namespace={namespace}"),
    };
    let place = HeaderValue::from_str(&format!("/v1/jobs/{}{query}", job.number))
        .expect("a number and a namespace are a header value");
    response.headers_mut().insert(LOCATION, place);
    response
}

fn filter(asked: &mut Asked) -> Result<Filter, Problem> {
    let query = &mut asked.query;
    let states = query.parsed("state", |text| {
        text.split(',').map(|name| names::state(name.trim()).map(|state| text_of(state.name()))).collect()
    })?;
    let kind = query.parsed("kind", names::kind)?;
    let dialect = query.parsed("dialect", names::dialect)?;
    let parent = query.parsed("parent", |text| decimal(text).ok_or_else(|| "a job's number".to_owned()))?;
    let tests = [
        states.map(|states| Filter::Field(Field::State, Test::In(states))),
        kind.map(|kind| Filter::Field(Field::Kind, Test::Equal(text_of(kind.name())))),
        dialect.map(|dialect| Filter::Field(Field::SeenIn, Test::Equal(text_of(dialect.name)))),
        parent.map(|parent| Filter::Field(Field::Parent, Test::Equal(Value::Integer(parent)))),
    ];
    Ok(Filter::And(tests.into_iter().flatten().collect()))
}

fn text_of(name: &str) -> Value {
    Value::Text(name.to_owned())
}
