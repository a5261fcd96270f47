//! The switches of a mount, and what they are read into: the codec.

use countermand_model::Reach;

use super::routes;
use crate::{Evidence, Switch, SwitchKind, Switches};

const CANCEL_REACH: &str = "cancel_reach";
const FLAGS_IN_BODY: &str = "flags_in_body";
const DELETE_REQUEST: &str = "delete_request";
const SUB_REQUESTS: &str = "sub_requests";
const LOAD_STATE: &str = "load_state";
const LIST_LIMIT: &str = "list_limit";
const UNKNOWN_LINK: &str = "unknown_link";
const CLIENT_PROFILE: &str = "client_profile";

/// The rows of the dialect's table.
pub(super) const SWITCHES: &[Switch] = &[
    Switch {
        name: CANCEL_REACH,
        kind: SwitchKind::Choice(&["unstarted", "unfinished"]),
        default: "unstarted",
        meaning: "Which sub-requests of a multiple request a cancel stops: those that have not begun to load, or \
                  every one that has not ended. The reference page says both.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: FLAGS_IN_BODY,
        kind: SwitchKind::Flag,
        default: "true",
        meaning: "Whether autoAck and delGenApp are taken from a JSON body where the query has no such name; where \
                  both have one, the query counts. One client sends them so; no server is known to read them.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: DELETE_REQUEST,
        kind: SwitchKind::Choice(&["refuse", "delete_app", "cancel"]),
        default: "refuse",
        meaning: "What DELETE of a request means, which no page documents: nothing (405), the deletion of its app, as \
                  one client means it, or a cancel, as another does.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: SUB_REQUESTS,
        kind: SwitchKind::Choice(&["ids", "objects"]),
        default: "ids",
        meaning: "What subRequests of a multiple request holds on Windows: ids, as the page of the model says, or \
                  the objects of the sub-requests, as the page of GET says.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: LOAD_STATE,
        kind: SwitchKind::Choice(&["from_loading", "always"]),
        default: "from_loading",
        meaning: "When a request shows loadState: once it loads, as most pages say, or always, before the load as \
                  pending with an empty host, as the page of loadHost says and one client relies on.",
        evidence: Evidence::Documented,
    },
    Switch {
        name: LIST_LIMIT,
        kind: SwitchKind::Integer(1, 1_000_000),
        default: "10000",
        meaning: "How many requests a list may have. It is one bare array without pages, so a longer one is refused \
                  with 400 rather than cut; count about 3 kB of memory for each of its requests while it is made.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: UNKNOWN_LINK,
        kind: SwitchKind::Choice(&["empty", "not_found"]),
        default: "empty",
        meaning: "The list of a link that no request names: an empty one, as of a link that was never used, or 404 as \
                  of one that does not exist. Which of them it is cannot be known here.",
        evidence: Evidence::Inferred,
    },
    Switch {
        name: CLIENT_PROFILE,
        kind: SwitchKind::Choice(&["windows", "cloud", "public"]),
        default: "public",
        meaning: "Which profile an upstream speaks, and so below which paths of its host its requests and links are: \
                  /api/odag/v1, /api/v1/odagrequests or /api/analytics/odag-requests. Only Windows lists requests of \
                  more than one link. How far its cancel reaches is its own to say, whatever cancel_reach is here.",
        evidence: Evidence::Documented,
    },
];

/// ODAG on one mount.
#[derive(Debug)]
pub(super) struct Odag {
    /// How far a cancel reaches.
    pub(super) cancel_reach: Reach,
    /// Whether flags may stand in the body.
    pub(super) flags_in_body: bool,
    /// What `DELETE` of a request means.
    pub(super) delete_request: DeleteRequest,
    /// Whether `subRequests` holds objects and not ids.
    pub(super) embeds_sub_requests: bool,
    /// Whether `loadState` is shown before the load.
    pub(super) shows_load_always: bool,
    /// The longest list.
    pub(super) list_limit: u64,
    /// What the list of a link is that no request names.
    pub(super) unknown_link: UnknownLink,
    /// Which profile a server speaks that this is the client of.
    pub(super) client_profile: u8,
}

/// What `DELETE` of a request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeleteRequest {
    /// Nothing: there is no such operation.
    Refuse,
    /// Delete its app.
    DeleteApp,
    /// Cancel it.
    Cancel,
}

/// What a link is that no request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnknownLink {
    /// One that was never used.
    Empty,
    /// None.
    NotFound,
}

impl Odag {
    pub(super) fn new(switches: &Switches) -> Odag {
        // `Tree` and `Unstarted` are the same for a single request, and a multiple request has no trigger.
        let unfinished = switches.text(CANCEL_REACH) == "unfinished";
        Odag {
            cancel_reach: if unfinished { Reach::Tree } else { Reach::Unstarted },
            flags_in_body: switches.flag(FLAGS_IN_BODY),
            delete_request: match switches.text(DELETE_REQUEST) {
                "delete_app" => DeleteRequest::DeleteApp,
                "cancel" => DeleteRequest::Cancel,
                _ => DeleteRequest::Refuse,
            },
            embeds_sub_requests: switches.text(SUB_REQUESTS) == "objects",
            shows_load_always: switches.text(LOAD_STATE) == "always",
            list_limit: switches.integer(LIST_LIMIT).unsigned_abs(),
            unknown_link: match switches.text(UNKNOWN_LINK) {
                "not_found" => UnknownLink::NotFound,
                _ => UnknownLink::Empty,
            },
            client_profile: match switches.text(CLIENT_PROFILE) {
                "windows" => routes::WINDOWS,
                "cloud" => routes::CLOUD,
                _ => routes::PUBLIC,
            },
        }
    }
}
