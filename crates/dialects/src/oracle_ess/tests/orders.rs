//! What orders other than a cancel are read as, and what each of their effects is answered.

use countermand_model::{Command, Effect, Order, Reach, State, Target};

use super::Asked;

#[test]
fn a_hold_and_a_release_reach_the_whole_tree() {
    let order = || Order { targets: vec![Target::number(7)], reach: Reach::Tree, ..Order::default() };
    assert_eq!(Asked::post("hold").decode(), Ok(Command::Hold(order())));
    assert_eq!(Asked::post("release").decode(), Ok(Command::Release(order())));
}

#[test]
fn every_effect_of_an_order_has_its_status() {
    let orders = [(Asked::post("hold"), "hold", "held"), (Asked::post("release"), "release", "released")];
    for (asked, verb, participle) in orders {
        for effect in Effect::ALL {
            let (given, body) = asked.effect(effect, Some(State::Running));
            let title = body["title"].as_str().unwrap_or_default();
            match effect {
                Effect::Done | Effect::AlreadySo | Effect::UnverifiedTaken => {
                    assert_eq!(given, 200, "{verb}: {effect:?}");
                    assert_eq!(body["links"].as_array().map(Vec::len), Some(8), "{verb}: {effect:?}");
                }
                Effect::NotPossible
                | Effect::AlreadyCancelling
                | Effect::AlreadyCancelled
                | Effect::AlreadyFinished => {
                    assert_eq!((given, title), (400, "Unsupported state for operation"), "{effect:?}");
                    let detail = format!("Request 7 cannot be {participle}: its state is RUNNING.");
                    assert_eq!(body["detail"], detail);
                }
                Effect::NotFound => assert_eq!((given, title), (404, "Request ID not found")),
                Effect::Forbidden => {
                    let expected = format!("Not authorized to {verb} this request");
                    assert_eq!((given, title), (403, expected.as_str()));
                }
                Effect::UnverifiedUnanswered | Effect::Cancelled | Effect::Accepted => {
                    assert_eq!((given, title), (500, "Scheduling sub-system error"), "{effect:?}");
                }
            }
        }
    }
}
