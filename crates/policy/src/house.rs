//! Chooses the policies of a deed, builds the few entities that they speak of, and asks Cedar.
//! It does not know what a refusal looks like to whoever asked. Pure: no clock, no store.
//!
//! INVARIANT: what cannot be evaluated is refused ([`Refusal::PolicyUnchecked`]); Cedar itself would skip a policy that fails.

use crate::ask::{Ask, OFFICES_MAX};
use crate::{POLICIES, SCHEMA};
use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy,
    PolicyId, PolicySet, Request, RestrictedExpression, Schema,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use yima_kernel::access::Refusal;
use yima_kernel::deed::Deed;

/// Policies that one deed may have, so that an evaluation stays within its budget.
pub const POLICIES_MAX: usize = 50;

/// A policy or the schema that cannot be used.
#[derive(Clone, Debug)]
pub struct BadPolicy(pub(crate) String);

impl fmt::Display for BadPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to read the policies: {}; correct crates/policy/policies", self.0)
    }
}

impl std::error::Error for BadPolicy {}

/// What one deed needs: its action with the groups that it is in, and its policies alone.
struct OfDeed {
    action: Entity,
    policies: Arc<PolicySet>,
}

/// Names of the types of the schema.
struct Types {
    officer: EntityTypeName,
    person: EntityTypeName,
    office: EntityTypeName,
    province: EntityUid,
}

/// The policies, by deed.
pub struct House {
    deeds: HashMap<&'static str, OfDeed>,
    /// Forbidding policies in the order in which they are told.
    told: Vec<(PolicyId, Refusal)>,
    types: Types,
    authorizer: Authorizer,
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "House({} deeds)", self.deeds.len())
    }
}

impl House {
    /// Reads the embedded schema and policies.
    ///
    /// # Errors
    /// [`BadPolicy`] that names what does not parse, has no `@id`, or belongs to no refusal.
    pub fn load() -> Result<Self, BadPolicy> {
        let actions = schema()?.action_entities().map_err(bad)?;
        let policies = policies()?;
        let mut shared: BTreeMap<Vec<usize>, Arc<PolicySet>> = BTreeMap::new();
        let mut deeds = HashMap::new();
        for deed in Deed::ALL {
            let uid = EntityUid::from_type_name_and_id(type_name("Action")?, EntityId::new(deed.as_str()));
            let Some(action) = actions.get(&uid) else { continue };
            let groups: HashSet<&EntityUid> = actions.ancestors(&uid).into_iter().flatten().collect();
            let chosen: Vec<usize> = (0..policies.len()).filter(|n| speaks_of(&policies[*n], &uid, &groups)).collect();
            if chosen.len() > POLICIES_MAX {
                return Err(bad(format!("more than {POLICIES_MAX} policies for {}", deed.as_str())));
            }
            let set = match shared.get(&chosen) {
                Some(set) => Arc::clone(set),
                None => {
                    let set = PolicySet::from_policies(chosen.iter().map(|n| policies[*n].clone())).map_err(bad)?;
                    Arc::clone(shared.entry(chosen).or_insert(Arc::new(set)))
                }
            };
            deeds.insert(deed.as_str(), OfDeed { action: action.clone(), policies: set });
        }
        let told = policies
            .iter()
            .filter(|policy| policy.effect() == cedar_policy::Effect::Forbid)
            .map(|policy| {
                let word = policy.id().to_string();
                refusal(&word)
                    .map(|why| (policy.id().clone(), why))
                    .ok_or_else(|| bad(format!("no refusal for {word}")))
            })
            .collect::<Result<_, _>>()?;
        let province = EntityUid::from_type_name_and_id(type_name("Province")?, EntityId::new("all"));
        let types = Types {
            officer: type_name("Officer")?,
            person: type_name("Person")?,
            office: type_name("Office")?,
            province,
        };
        Ok(Self { deeds, told, types, authorizer: Authorizer::new() })
    }

    /// Decides. Default is refusal.
    ///
    /// # Errors
    /// The first condition that forbids it, [`Refusal::NotAllowed`] when no post permits it, and
    /// [`Refusal::PolicyUnchecked`] when it cannot be evaluated.
    pub fn decide(&self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let of = self.deeds.get(ask.deed.as_str()).ok_or(Refusal::PolicyUnchecked)?;
        let (request, entities) = self.built(ask, &of.action).ok_or(Refusal::PolicyUnchecked)?;
        let answer = self.authorizer.is_authorized(&request, &of.policies, &entities);
        if answer.diagnostics().errors().next().is_some() {
            return Err(Refusal::PolicyUnchecked);
        }
        if answer.decision() == Decision::Allow {
            return Ok(());
        }
        let fired: HashSet<&PolicyId> = answer.diagnostics().reason().collect();
        let first = self.told.iter().find(|(id, _)| fired.contains(id));
        Err(first.map_or(Refusal::NotAllowed, |(_, why)| *why))
    }

    /// At most four entities: the action, the officer, their own file, and the file in play.
    fn built(&self, ask: &Ask<'_>, action: &Entity) -> Option<(Request, Entities)> {
        let about = ask.about;
        if ask.offices.len() > OFFICES_MAX || about.is_some_and(|about| about.offices.len() > OFFICES_MAX) {
            return None;
        }
        let uid = |kind: &EntityTypeName, id: &str| EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id));
        let person = |id: &str| uid(&self.types.person, id);
        let offices = |ids: &[String]| {
            let of = |id: &String| RestrictedExpression::new_entity_uid(uid(&self.types.office, id));
            ("offices".to_owned(), RestrictedExpression::new_set(ids.iter().map(of)))
        };
        let role = RestrictedExpression::new_string(ask.role.as_str().to_owned());
        let mut attributes = HashMap::from([("role".to_owned(), role), offices(ask.offices)]);
        if let Some(own) = ask.person {
            attributes.insert("person".to_owned(), RestrictedExpression::new_entity_uid(person(own)));
        }
        if let Some(until) = ask.lease_until_s {
            attributes.insert("lease_until".to_owned(), RestrictedExpression::new_long(until));
        }
        let officer = uid(&self.types.officer, ask.officer);
        let mut all = vec![action.clone(), Entity::new(officer.clone(), attributes, HashSet::new()).ok()?];
        let resource = match about {
            None => self.types.province.clone(),
            Some(about) => {
                let kin = ask.person.filter(|_| about.kin).map(|own| RestrictedExpression::new_entity_uid(person(own)));
                let kin = ("kin".to_owned(), RestrictedExpression::new_set(kin));
                let file = person(about.person);
                let attributes = HashMap::from([kin, offices(about.offices)]);
                all.push(Entity::new(file.clone(), attributes, HashSet::new()).ok()?);
                file
            }
        };
        let moment = [
            ("now".to_owned(), RestrictedExpression::new_long(ask.now_s)),
            ("reads".to_owned(), RestrictedExpression::new_long(ask.reads.into())),
            ("reads_max".to_owned(), RestrictedExpression::new_long(ask.reads_max.into())),
            ("named".to_owned(), RestrictedExpression::new_bool(ask.named)),
        ];
        let context = Context::from_pairs(moment).ok()?;
        let request = Request::new(officer, action.uid(), resource, context, None).ok()?;
        Some((request, Entities::from_entities(all, None).ok()?))
    }

    /// Whether a deed is named by the schema.
    #[must_use]
    pub fn knows(&self, deed: Deed) -> bool {
        self.deeds.contains_key(deed.as_str())
    }

    /// Ids of the policies that are evaluated for a deed, sorted.
    #[must_use]
    pub fn policies_of(&self, deed: Deed) -> Vec<String> {
        let of = self.deeds.get(deed.as_str());
        let mut ids: Vec<String> =
            of.map(|of| of.policies.policies().map(|p| p.id().to_string()).collect()).unwrap_or_default();
        ids.sort();
        ids
    }
}

/// The refusal of a forbidding policy.
fn refusal(id: &str) -> Option<Refusal> {
    Some(match id {
        "feed_silent" => Refusal::FeedSilent,
        "own_file" => Refusal::OwnFile,
        "kin_file" => Refusal::KinFile,
        "not_named" => Refusal::NotNamed,
        "own_file_unknown" => Refusal::PolicyUnchecked,
        "same_office" => Refusal::SameOffice,
        "mass_reading" => Refusal::MassReading,
        _ => return None,
    })
}

/// The schema.
pub(crate) fn schema() -> Result<Schema, BadPolicy> {
    Ok(Schema::from_cedarschema_str(SCHEMA).map_err(bad)?.0)
}

/// All policies in the order of their files, each under its `@id`.
pub(crate) fn policies() -> Result<Vec<Policy>, BadPolicy> {
    let mut all = Vec::new();
    for text in POLICIES {
        let set = PolicySet::from_str(text).map_err(bad)?;
        let mut in_file: Vec<Policy> = set.policies().cloned().collect();
        // Cedar numbers them `policy0`, `policy1`, …: the shorter number first, then by digits.
        in_file.sort_by_key(|policy| (policy.id().to_string().len(), policy.id().to_string()));
        for policy in in_file {
            let id = policy.annotation("id").map(PolicyId::new);
            all.push(policy.new_id(id.ok_or_else(|| bad("a policy without an @id"))?));
        }
    }
    Ok(all)
}

/// Whether a policy can fire for an action.
pub(crate) fn speaks_of(policy: &Policy, action: &EntityUid, groups: &HashSet<&EntityUid>) -> bool {
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(one) => one == *action,
        ActionConstraint::In(many) => many.iter().any(|one| one == action || groups.contains(one)),
    }
}

fn type_name(name: &str) -> Result<EntityTypeName, BadPolicy> {
    EntityTypeName::from_str(name).map_err(bad)
}

pub(crate) fn bad(why: impl fmt::Display) -> BadPolicy {
    BadPolicy(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cedar_policy::{ValidationMode, Validator};

    #[test]
    fn the_policies_fit_the_schema() {
        let set = PolicySet::from_policies(policies().unwrap()).unwrap();
        let result = Validator::new(schema().unwrap()).validate(&set, ValidationMode::Strict);
        let said: Vec<String> = result
            .validation_errors()
            .map(ToString::to_string)
            .chain(result.validation_warnings().map(ToString::to_string))
            .collect();
        assert!(said.is_empty(), "{said:#?}");
    }

    #[test]
    fn what_is_built_fits_the_schema_and_is_few() {
        let house = House::load().unwrap();
        let offices = ["org_1".to_owned()];
        let ask = Ask {
            officer: "opr_1",
            role: yima_kernel::subject::Role::System,
            person: Some("res_1"),
            named: true,
            offices: &offices,
            lease_until_s: Some(5),
            deed: Deed::SeeResidents,
            about: Some(crate::About { person: "res_2", kin: true, offices: &offices }),
            now_s: 1,
            reads: 2,
            reads_max: 3,
        };
        let (_, entities) = house.built(&ask, &house.deeds["see_residents"].action).unwrap();
        assert!(entities.iter().count() <= 8);
        Entities::from_entities(entities.iter().cloned(), Some(&schema().unwrap())).unwrap();
    }
}
