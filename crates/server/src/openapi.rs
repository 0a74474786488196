//! The OpenAPI document, made from the handlers themselves; docs/api/openapi.json is a copy that a test keeps current.
//! It does not know how a page shows it.

use crate::routes as r;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};
use yima_wire::problem::Problem;

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
    modifiers(&Callers, &Problems),
    components(schemas(Problem)),
    tags(
        (name = "open", description = "Without sign-in; the same answer for everybody."),
        (name = "enrolment", description = "Bringing a device to a resident."),
        (name = "device", description = "A resident, through an enrolled device that signs each request."),
        (name = "gate", description = "A gate or a checker, with its key."),
        (name = "operator", description = "An operator of the province, with a session."),
    ),
    paths(
        r::time::tell::tell, r::bundle::fetch::fetch, r::scenarios::list::list, r::sites::show::show,
        r::status_lists::fetch::fetch, r::record::bucket::day, r::record::bucket::bucket, r::demo::inbox::inbox,
        r::enrolments::otp::otp, r::enrolments::enrol::enrol,
        r::device::home::home, r::device::settings::settings, r::device::end::end, r::tokens::draw::draw,
        r::short_numbers::take::take, r::check_ins::check_in::check_in, r::record::list::list,
        r::record::export::export, r::consents::list::list, r::consents::give::give, r::consents::withdraw::withdraw,
        r::codes::check::check, r::codes::resolve::resolve, r::gates::sync::sync, r::gates::upload::upload,
        r::operators::sign_in::sign_in, r::operators::sign_out::sign_out, r::operators::me::me,
        r::residents::find::find, r::residents::show::show, r::residents::standing::suspend,
        r::residents::standing::resume, r::residents::standing::death, r::residents::enrolment_code::issue,
        r::residents::benefits::give, r::residents::benefits::end,
        r::cards::issue::issue, r::cards::pdf::print, r::cards::pdf::print_with_photo, r::cards::revoke::revoke, r::cards::replace::replace,
        r::manifests::list::list, r::manifests::propose::propose, r::manifests::review::review,
        r::places::list::list, r::places::add::add, r::places::poster::poster,
        r::gates::list::list, r::gates::add::add, r::gates::end::end,
        r::stats::overview::overview, r::stats::checks::checks, r::uses::list::list,
        r::keys::list::list, r::keys::rotate::rotate,
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
        let signature = ApiKeyValue::with_description(
            "Signature",
            "HTTP Message Signatures (RFC 9421) in one profile: `Content-Digest: sha-256=:…:`, `Signature-Input: yima=(\"@method\" \"@path\" \"@query\" \"content-digest\");created=T;keyid=\"dev_…\"`, `Signature: yima=:base64 of r||s:` by ES256 or SM2. `keyid=\"new\"` when enrolling.",
        );
        components.add_security_scheme("device", SecurityScheme::ApiKey(ApiKey::Header(signature)));
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
