//! A token that was found active, asked about again after each thing that ends it: nothing that is remembered outlives it.

use super::world::{CODE_A, RegisteredApp, World};
use serde_json::{Value, json};
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_oidc::form::Params;
use yima_province::Standing;
use yima_testkit::Database;

const API: &str = "https://api.hospital.example.cn/";

/// A world with an API that asks about tokens which others bring it.
struct Asking {
    world: World,
    api: RegisteredApp,
}

impl Asking {
    async fn new(database: &Database) -> Self {
        let world = World::new(database).await;
        let api = by_itself(&world, "接口").await;
        Self { world, api }
    }

    async fn active(&self, token: &Value) -> bool {
        self.asked_by(&self.api, token).await
    }

    async fn asked_by(&self, app: &RegisteredApp, token: &Value) -> bool {
        let body = Params::default().with("token", token["access_token"].as_str().unwrap());
        let said = self.world.as_app(app, "/oauth2/introspect", &body, &[]).await;
        assert_eq!(said.status, 200, "{}", said.text);
        said.json()["active"] == true
    }
}

/// An app without people, for the API.
async fn by_itself(world: &World, name: &str) -> RegisteredApp {
    let more = json!({ "client_name#zh": name, "client_name#en": name, "grant_types": ["client_credentials"],
        "redirect_uris": [], "scope": "", "yima_app_scopes": ["waits:read"], "yima_resources": [API] });
    world.app_of(CODE_A, "泉城医院管理中心", more).await
}

async fn own_token(world: &World, app: &RegisteredApp) -> Value {
    let body = Params::default().with("grant_type", "client_credentials").with("resource", API);
    let said = world.token(app, &body).await;
    assert_eq!(said.status, 200, "{}", said.text);
    said.json()
}

fn clerk() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_7662_2_2_a_token_that_was_active_is_not_once_its_client_its_key_or_its_time_ended() {
    for database in Database::all() {
        let asking = Asking::new(&database).await;
        let (world, province) = (&asking.world, &asking.world.town.province);
        let (here, elsewhere) = (by_itself(world, "甲").await, by_itself(world, "乙").await);
        let other = world.town.beside(9).await;
        for (app, by) in [(&here, &**province), (&elsewhere, &other)] {
            let token = own_token(world, app).await;
            assert!(asking.active(&token).await && asking.active(&token).await);
            by.end_client(&Actor::System, &app.id, "contract over").await.unwrap();
            assert!(!asking.active(&token).await, "stopped in the same second");
        }
        let standing = by_itself(world, "丙").await;
        let token = own_token(world, &standing).await;
        assert!(asking.active(&token).await && asking.active(&token).await);
        world.town.clock.advance(299);
        assert!(asking.active(&token).await, "a second before its end");
        world.town.clock.advance(1);
        assert!(!asking.active(&token).await, "over");
        let token = own_token(world, &standing).await;
        assert!(asking.active(&token).await && asking.active(&token).await);
        province.rotate_token_keys(&Actor::System, "the key leaked", true).await.unwrap();
        assert!(!asking.active(&token).await, "signed by a key that is void");
        assert!(asking.active(&own_token(world, &standing).await).await, "the next key's are good");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_7662_2_2_a_persons_token_that_was_active_is_not_once_anything_behind_it_ended() {
    for database in Database::all() {
        for end in ["grant", "session", "account", "family"] {
            let asking = Asking::new(&database).await;
            let (world, province) = (&asking.world, &asking.world.town.province);
            let app = world.app(json!({})).await;
            let token = world.signed_in(&app).await;
            assert!(asking.asked_by(&app, &token).await && asking.asked_by(&app, &token).await);
            assert_eq!(world.userinfo(&token).await.status, 200, "the same memory serves userinfo");
            assert!(!asking.active(&token).await, "no business of another app");
            let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
            let person = province.person(&cookie).await.unwrap().unwrap();
            match end {
                "grant" => {
                    let mine = province.allowed_apps(&person.actor()).await.unwrap();
                    province.withdraw_app(&person.actor(), &mine[0].id).await.unwrap();
                }
                "session" => province.sign_person_out(&person).await.unwrap(),
                "account" => {
                    province.change_standing(&clerk(), &world.account, Standing::Suspend, "court order").await.unwrap();
                }
                _ => {
                    let body = Params::default().with("token", token["refresh_token"].as_str().unwrap());
                    assert_eq!(world.as_app(&app, "/oauth2/revoke", &body, &[]).await.status, 200);
                }
            }
            assert!(!asking.asked_by(&app, &token).await, "{end} ended");
            assert!(world.userinfo(&token).await.status >= 400, "{end} ended");
        }
    }
}
