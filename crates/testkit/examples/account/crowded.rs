//! One person with many mandates in a province of many organisations, beside somebody with one in a province of one, by turns in
//! one run: a code flow for oneself, and acting for another (picked on our page, then exchanged). The rows of mandates are
//! written past the deeds, which allow nobody so many; their seals are zeros, and no token may read them.

use super::people;
use super::rows::{Server, basic, row};
use super::world::{BACK, RegisteredApp, World, hidden};
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_oidc::exchange::{ACCESS_TOKEN, MANDATE_TICKET};
use yima_oidc::form::Params;
use yima_province::{NewOrganisation, RegisterMandate};
use yima_store::edge::{self, Edge, State};
use yima_store::{Store, StoreError};
use yima_testkit::Database;

const MANDATES: usize = 500;
const ORGANISATIONS: usize = 10_000;
/// Runs of each, by turns.
const ROUNDS: usize = 5;
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// Prints the costs of both, round by round, and their ratios.
pub async fn measure(operations: usize) {
    let (few, many) = (helper().await, helper().await);
    settle(&many.0).await;
    let ways = [("code flow, for oneself", flows(&few).await, flows(&many).await)];
    let acting = ("picked and exchanged, for another", acting(&few).await, acting(&many).await);
    for (name, few_asks, many_asks) in ways.into_iter().chain([acting]) {
        let (mut one, mut all) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            one.push(row(server(&few.0), &format!("{name}; one mandate"), operations, &few_asks).await);
            all.push(
                row(server(&many.0), &format!("{name}; 500 mandates, 10,000 organisations"), operations, &many_asks)
                    .await,
            );
        }
        let ratio = middle(&mut all) / middle(&mut one);
        println!("\n{name}: ratio of the middle runs {ratio:.2}\n");
    }
}

fn middle(all: &mut [f64]) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn server(world: &World) -> Server<'_> {
    Server { name: "Yima, SQLite", pid: "self", url: world.town.door.url() }
}

/// A world whose first resident is the helper of the second, who allowed the app: with the app and the mandate.
async fn helper() -> (World, RegisteredApp, String) {
    let mut world = World::new(&Database::Sqlite).await;
    let grants = json!(["authorization_code", "refresh_token", EXCHANGE]);
    let app = world.app(json!({ "grant_types": grants, "yima_mandates": ["helper"] })).await;
    let all = world.town.accounts().await;
    (world.account, world.cookie) = (all[1].clone(), world.town.sign_in(&all[1], Acr::Passkey).await);
    world.signed_in(&app).await;
    let wish = RegisterMandate {
        kind: "helper".to_owned(),
        actor: all[0].clone(),
        scopes: Vec::new(),
        evidence: "counter".to_owned(),
        reference: "bench".to_owned(),
        agreed: true,
        until_at: None,
    };
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    let mandate = world.town.province.register_mandate(&clerk, &all[1], wish).await.unwrap();
    (world.account, world.cookie) = (all[0].clone(), world.town.sign_in(&all[0], Acr::Passkey).await);
    (world, app, mandate)
}

async fn flows((world, _, _): &(World, RegisteredApp, String)) -> Vec<Value> {
    people::code_flow(world, &world.app(json!({})).await).await
}

/// What a caller needs to pick the second resident again and again, and to exchange the ticket as the app.
async fn acting((world, app, mandate): &(World, RegisteredApp, String)) -> Vec<Value> {
    let own = {
        let page = world.browse(&format!("/oauth2/authorize?{}", world.request(app).encoded())).await;
        let picked = world.post("/oauth2/for", &pick(&page.text, "self"), &same_site(world)).await.leads_to();
        let asked = world.browse(&picked).await;
        let given = [("c_name", "give"), ("c_region", "give"), ("c_age_band", "give")];
        let to = world.press_on(&asked, "allow", &given).await.leads_to();
        let code = super::world::query(&to).get("code").unwrap().to_owned();
        world.token(app, &world.redemption(&code)).await.json()
    };
    let request = Params::default().with("client_id", &app.id).with("redirect_uri", BACK).with("state", "s-2");
    let page = world.browse(&format!("/oauth2/acting?{}", request.encoded())).await;
    let exchange = Params::default()
        .with("grant_type", EXCHANGE)
        .with("subject_token_type", MANDATE_TICKET)
        .with("actor_token", own["access_token"].as_str().unwrap())
        .with("actor_token_type", ACCESS_TOKEN);
    let ask = json!({ "kind": "acting", "pick": pick(&page.text, mandate).encoded(), "signed_in": world.cookie,
        "exchange": exchange.encoded(), "authorization": basic(&app.id, app.secret.as_deref()) });
    vec![ask; super::rows::CALLERS]
}

fn pick(page: &str, whom: &str) -> Params {
    let form = Params::default().with("request", &hidden(page, "request")).with("mark", &hidden(page, "mark"));
    form.with("lang", "zh").with("whom", whom)
}

fn same_site(world: &World) -> [(&'static str, String); 2] {
    [("cookie", world.cookie.clone()), ("sec-fetch-site", "same-origin".to_owned())]
}

async fn settle(world: &World) {
    for number in 0..ORGANISATIONS {
        let new = NewOrganisation {
            enterprise: false,
            credit_code: None,
            name: format!("测量单位{number}"),
            region: "370102".to_owned(),
            parent: None,
            source: "bench".to_owned(),
        };
        world.town.province.add_organisation(&Actor::System, new).await.unwrap();
    }
    let store = Store::open(&format!("sqlite:{}", world.town.folder().join("yima.db").display())).await.unwrap();
    let (principal, now) = (world.account.clone(), world.town.now() * 1_000_000);
    let done: Result<(), StoreError> = store
        .deed(move |tx| {
            Box::pin(async move {
                for number in 0..MANDATES {
                    edge::insert(tx, &mandate(&principal, number, now), 1, |_| vec![0; 32]).await?;
                }
                Ok(())
            })
        })
        .await;
    done.unwrap();
    store.close().await;
}

fn mandate(principal: &str, number: usize, now: i64) -> Edge {
    Edge {
        id: format!("edg_{number:026}"),
        kind: "helper".to_owned(),
        principal: principal.to_owned(),
        actor: format!("res_{number:026}"),
        slot: 0,
        parent: None,
        scopes: "see".to_owned(),
        limit_amount: None,
        may_appoint: false,
        from_at: now,
        until_at: now + 86_400_000_000,
        consent_by_at: None,
        evidence: "counter".to_owned(),
        reference: "bench".to_owned(),
        proofing: 1,
        state: State::Active,
        hidden: false,
        made_by: "bench".to_owned(),
        created_at: now,
        ended_at: None,
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: vec![0; 32],
    }
}
