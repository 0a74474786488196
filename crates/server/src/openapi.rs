//! The OpenAPI document, made from the handlers themselves; docs/api/openapi.json is a copy that a test keeps current.
//! It does not know how a page shows it.

use crate::routes as r;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};
use yima_code::Reason;
use yima_kernel::deed::Deed;
use yima_kernel::subject::ActorKind;
use yima_wire::problem::Problem;
use yima_wire::words::{GateChoice, Grouping, closed};

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    Api::openapi()
}

/// The document as indented JSON with a newline at its end.
#[must_use]
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Yima 一码",
        description = "One code for every resident, shown and checked with or without a network. Bytes in JSON are base64url without padding, times are integer Unix seconds (`*_at`), durations seconds (`*_s`).",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Callers, &Problems, &Words, &Names),
    components(schemas(Problem, Grouping, GateChoice)),
    tags(
        (name = "open", description = "Without sign-in; the same answer for everybody."),
        (name = "enrolment", description = "Bringing a device to a resident."),
        (name = "device", description = "A resident, through an enrolled device that signs each request."),
        (name = "gate", description = "A gate or a checker, with its key."),
        (name = "operator", description = "An operator of the province, with a session."),
    ),
    paths(
        r::account::link::link, r::account::end_sessions::end,
        r::time::tell::tell, r::bundle::fetch::fetch, r::scenarios::list::list, r::sites::show::show,
        r::status_lists::fetch::fetch, r::record::bucket::day, r::record::bucket::bucket, r::demo::inbox::inbox,
        r::resolves::list::list,
        r::enrolments::otp::otp, r::enrolments::enrol::enrol,
        r::device::home::home, r::device::settings::settings, r::device::end::end, r::tokens::draw::draw,
        r::short_numbers::take::take, r::check_ins::check_in::check_in, r::record::list::list,
        r::record::export::export, r::confirmations::list::list, r::confirmations::confirm::confirm,
        r::confirmations::refuse::refuse, r::consents::list::list, r::consents::give::give, r::consents::withdraw::withdraw,
        r::bindings::list::list, r::bindings::end::end, r::bindings::bind::bind, r::bindings::find::find,
        r::bindings::unbind::unbind,
        r::mandates::list::own, r::mandates::invite::invite, r::mandates::invite::accept, r::mandates::answer::confirm,
        r::mandates::answer::end, r::mandates::answer::restore, r::mandates::acting::draw, r::mandates::acting::record,
        r::mandates::register::register, r::mandates::list::of_resident, r::mandates::orders::suspend,
        r::mandates::orders::resume,
        r::mandates::trusted::own, r::mandates::trusted::invite, r::mandates::trusted::accept, r::mandates::trusted::end,
        r::mandates::trusted::of_resident, r::mandates::trusted::name,
        r::mandates::wards::list, r::mandates::wards::ask, r::mandates::wards::object, r::mandates::wards::alone,
        r::mandates::wards::seen_to,
        r::codes::check::check, r::codes::resolve::resolve, r::gates::sync::sync, r::gates::set_key::set_key, r::gates::upload::upload,
        r::operators::sign_in::sign_in, r::operators::sign_out::sign_out, r::operators::me::me,
        r::residents::find::list, r::residents::find::find, r::residents::show::show, r::residents::standing::suspend,
        r::residents::standing::resume, r::residents::end_sign_ins::end, r::residents::enrolment_code::issue,
        r::residents::sheet::see, r::residents::sheet::end,
        r::residents::benefits::give, r::residents::benefits::end, r::devices::list::list,
        r::cards::issue::issue, r::cards::pdf::print, r::cards::pdf::print_with_photo, r::cards::revoke::revoke, r::cards::replace::replace,
        r::manifests::list::list, r::manifests::propose::propose, r::manifests::review::review,
        r::places::list::list, r::places::add::add, r::places::poster::poster,
        r::gates::list::list, r::gates::add::add, r::gates::end::end,
        r::stats::overview::overview, r::stats::checks::checks, r::uses::list::list,
        r::keys::list::list, r::keys::deeds::list, r::keys::deeds::propose, r::keys::deeds::answer, r::keys::deeds::void_tokens, r::keys::deeds::withdraw_paper,
        r::apps::list::list, r::apps::withdraw::withdraw, r::clients::list::list, r::clients::propose::propose, r::clients::invite::invite,
        r::clients::review::review, r::clients::end::end, r::clients::show::show, r::clients::deletions::deletions,
        r::enterprises::own::own, r::enterprises::representative::propose, r::enterprises::representative::list,
        r::enterprises::representative::approve, r::enterprises::representative::refuse,
        r::organisations::list::list, r::organisations::show::show, r::organisations::show::enterprise, r::organisations::add::add, r::organisations::change::put,
        r::organisations::change::suspend, r::organisations::change::resume, r::organisations::change::end,
        r::organisations::mergers::list, r::organisations::mergers::propose, r::organisations::mergers::approve,
        r::organisations::mergers::refuse, r::organisations::mergers::withdraw,
        r::organisations::imports::list, r::organisations::imports::approve, r::organisations::imports::undo,
        r::sources::list::list, r::sources::change::propose, r::sources::change::approve, r::sources::change::end,
        r::rights::list::list, r::rights::copy::copy, r::rights::correct::correct, r::rights::restrict::restrict,
        r::rights::restrict::lift, r::rights::explain::explain, r::rights::delete::delete, r::rights::delete::stop,
        r::rights::queue::queue, r::rights::queue::open, r::rights::answer::answer, r::rights::answer::answer_kin,
        r::rights::kin::file, r::rights::kin::copy,
        r::recoveries::officers::list, r::recoveries::officers::begin, r::recoveries::officers::answer,
        r::recoveries::officers::review, r::recoveries::stop::list, r::recoveries::stop::stop,
        r::posts::own::own, r::posts::own::draw, r::screens::read, r::screens::allow,
        r::posts::list::list, r::posts::change::propose, r::posts::change::renew, r::posts::change::end,
        r::posts::feeds::list, r::posts::feeds::make, r::posts::feeds::end,
        r::audit_searches::list::list, r::audit_searches::ask::ask, r::audit_searches::answer::answer,
        r::audit_searches::read::read,
        r::number_changes::list, r::number_changes::stop,
        r::visits::officer::list, r::visits::officer::begin, r::visits::officer::end,
        r::deaths::list::list, r::deaths::report::report, r::deaths::report::undo,
        r::operators::grants::list, r::operators::grants::propose, r::operators::grants::answer,
        r::operators::names::propose, r::operators::names::answer, r::operators::names::require,
        r::operators::ends::suspend, r::operators::ends::lift, r::operators::ends::propose, r::operators::ends::answer,
        r::audit_searches::delay::ask, r::audit_searches::delay::answer,
    )
)]
struct Api;

struct Callers;

impl Modify for Callers {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let mut http = Http::new(HttpAuthScheme::Bearer);
        http.description = Some("The gate's key `ygk_…`, shown once when the gate is registered.".into());
        components.add_security_scheme("gate", SecurityScheme::Http(http));
        let session = ApiKeyValue::new("yima_op");
        components.add_security_scheme("operator", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        let session = ApiKeyValue::new("__Host-ys");
        components.add_security_scheme("person", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        let signature = ApiKeyValue::with_description(
            "Signature",
            "HTTP Message Signatures (RFC 9421) in one profile: `Content-Digest: sha-256=:…:`, `Signature-Input: yima=(\"@method\" \"@path\" \"@query\" \"content-digest\");created=T;keyid=\"dev_…\"`, `Signature: yima=:base64 of r||s:` by ES256 or SM2. `keyid=\"new\"` when enrolling.",
        );
        components.add_security_scheme("device", SecurityScheme::ApiKey(ApiKey::Header(signature)));
    }
}

/// Every operation has a name of its own, made of its method and path: `get_residents_by_id`.
struct Names;

impl Modify for Names {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let place = path
                .trim_start_matches("/api/v1/")
                .replace("/{", "_by_")
                .replace('}', "")
                .replace(['/', '-', '.'], "_");
            for (method, operation) in [("get", &mut item.get), ("post", &mut item.post), ("delete", &mut item.delete)]
            {
                if let Some(operation) = operation {
                    operation.operation_id = Some(format!("{method}_{place}"));
                }
            }
        }
    }
}

/// The sets of words that rooms below the wire own.
struct Words;

impl Modify for Words {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let mut fill = |name: &str, words: &[&str], description: &str| {
            if let Some(schema) = components.schemas.get_mut(name) {
                *schema = closed(words, description);
            }
        };
        fill("DeedWord", &Deed::ALL.map(Deed::as_str), "What was done: a deed of the access matrix.");
        let kinds = ActorKind::ALL.map(ActorKind::as_str);
        fill("ActorKindWord", &kinds, "Who did it: a column of the access matrix.");
        let reasons: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        fill("ReasonWord", &reasons, "Why a code was not taken (docs/spec/resident-code.md).");
    }
}

/// Every operation can fail in the same shape.
struct Problems;

impl Modify for Problems {
    fn modify(&self, document: &mut OpenApi) {
        let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
        let problem = ResponseBuilder::new()
            .description("RFC 9457 problem details, in English and Chinese.")
            .content("application/problem+json", content)
            .build();
        for item in document.paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
                operation.responses.responses.insert("default".into(), RefOr::T(problem.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yima_code::VerdictKind;
    use yima_kernel::scenario::{Flavour, RecordClass};
    use yima_kernel::subject::{AccountState, Role};
    use yima_kernel::usage::Outcome;
    use yima_keys::Suite;
    use yima_wire::words as w;

    #[test]
    fn every_closed_set_holds_the_words_of_the_room_that_owns_it() {
        for word in w::AccountState::WORDS {
            assert_eq!(AccountState::parse(word).map(AccountState::as_str), Some(*word));
        }
        for word in w::RoleWord::WORDS {
            assert_eq!(Role::parse(word).map(Role::as_str), Some(*word));
        }
        for word in w::VerdictWord::WORDS {
            assert_eq!(VerdictKind::from_name(word).map(VerdictKind::as_str), Some(*word));
        }
        assert_eq!(w::OutcomeWord::WORDS, Outcome::ALL.map(Outcome::as_str));
        let flavours = [Flavour::Plain, Flavour::AgeBand, Flavour::Benefit, Flavour::Acting];
        assert_eq!(w::FlavourWord::WORDS, flavours.map(Flavour::as_str));
        let kinds = yima_kernel::mandate::Kind::ALL;
        assert_eq!(w::MandateKind::WORDS, kinds.map(yima_kernel::mandate::Kind::as_str));
        assert_eq!(w::MandateScope::WORDS, yima_kernel::mandate::Scope::ALL.map(yima_kernel::mandate::Scope::as_str));
        let evidence = yima_kernel::mandate::Evidence::ALL;
        assert_eq!(w::MandateEvidence::WORDS, evidence.map(yima_kernel::mandate::Evidence::as_str));
        let classes = [RecordClass::Counted, RecordClass::Sealed, RecordClass::Named];
        assert_eq!(w::RecordClass::WORDS, classes.map(RecordClass::as_str));
        assert_eq!(w::KeySuiteWord::WORDS, [Suite::Es256, Suite::Sm2Sm3, Suite::Ed25519].map(Suite::name));
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = serde_json::to_value(document()).expect("a document is JSON");
        let mut names: Vec<_> = document["paths"]
            .as_object()
            .expect("paths")
            .values()
            .flat_map(|item| item.as_object().expect("methods").values())
            .map(|operation| operation["operationId"].as_str().expect("a name").to_owned())
            .collect();
        assert!(names.iter().any(|name| name == "get_residents_by_id"), "{names:?}");
        let many = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), many);
    }

    #[test]
    fn the_document_closes_every_set_of_words() {
        let document = serde_json::to_value(document()).expect("a document is JSON");
        let schemas = document["components"]["schemas"].as_object().expect("schemas");
        for (name, least) in [("DeedWord", 30), ("ActorKindWord", 7), ("ReasonWord", 30), ("LiveState", 2)] {
            let words = schemas[name]["enum"].as_array().map_or(0, Vec::len);
            assert!(words >= least, "{name}: {words} words");
        }
    }
}
