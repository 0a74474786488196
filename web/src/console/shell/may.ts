// Which buttons a role is offered, after the printed access matrix (docs/access-matrix.txt).
// It only hides what would be refused; the server alone decides.
import type { Role } from "../../api/types";

type Deed =
  | "end_device"
  | "propose_scenario"
  | "review_scenario"
  | "add_place"
  | "add_gate"
  | "end_gate"
  | "propose_key_deed"
  | "agree_key_deed"
  | "suspend_operator"
  | "see_keys"
  | "see_residents"
  | "review_client"
  | "end_client"
  | "invite_client"
  | "propose_post"
  | "renew_post"
  | "end_post"
  | "make_feed"
  | "end_feed"
  | "propose_representative"
  | "approve_representative"
  | "propose_merger"
  | "decide_merger"
  | "withdraw_merger"
  | "propose_source"
  | "approve_source"
  | "end_source"
  | "propose_operator"
  | "confirm_operator"
  | "name_operator"
  | "agree_operator_name"
  | "require_named";

const ROLES: Record<Deed, readonly Role[]> = {
  end_device: ["system"],
  see_residents: ["system"],
  propose_scenario: ["system"],
  review_scenario: ["system", "security"],
  add_place: ["system"],
  add_gate: ["system"],
  end_gate: ["system"],
  see_keys: ["security", "audit"],
  propose_key_deed: ["security"],
  agree_key_deed: ["system", "security"],
  suspend_operator: ["system", "security"],
  review_client: ["system", "security"],
  end_client: ["system", "security"],
  invite_client: ["system"],
  propose_post: ["system"],
  renew_post: ["system"],
  end_post: ["system", "security"],
  make_feed: ["system"],
  end_feed: ["system", "security"],
  propose_representative: ["system"],
  approve_representative: ["system", "security"],
  propose_merger: ["system"],
  decide_merger: ["system", "security"],
  withdraw_merger: ["system", "security"],
  propose_source: ["system", "security"],
  approve_source: ["system", "security"],
  end_source: ["system", "security"],
  propose_operator: ["system"],
  confirm_operator: ["system", "security"],
  name_operator: ["system"],
  agree_operator_name: ["system", "security"],
  require_named: ["security"],
};

export function may(role: Role, deed: Deed): boolean {
  return ROLES[deed].includes(role);
}
