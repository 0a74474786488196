"""scim2-client and scim2-tester as a personnel department uses them, unmodified: discovery, then a post's whole life."""

import json
import os

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Error, ListResponse, PatchOp, PatchOperation, SearchRequest
from scim2_tester import Status, check_server

WORLD = json.loads(os.environ["YIMA_WORLD"])
POST = "urn:ietf:params:scim:schemas:extension:yima:2.0:User"


def same(found, expected, what):
    assert found == expected, f"{what}: {found!r} instead of {expected!r}"
    print("ok", what)


http = httpx2.Client(base_url=WORLD["url"], headers={"Authorization": f"Bearer {WORLD['token']}"}, trust_env=False)
scim = SyncSCIMClient(http)
scim.discover()
User = scim.get_resource_model("User")
same(scim.service_provider_config.etag.supported, True, "discovery")
Post = User.get_extension_models()[POST]

made = scim.create(User(user_name="g-1", external_id="e-1", **{POST: Post(role="counter", id_number=WORLD["numbers"][0])}))
same(made[Post].state, "pending", "a post is proposed")
same(made[Post].id_number, None, "a number does not come back")
read = scim.query(User, made.id)
same(read.user_name, "g-1", "it is read")
found = scim.query(User, query_parameters=SearchRequest(filter='userName eq "g-1"'))
same([one.id for one in found.resources], [made.id], "it is found by its name")
read[Post].organisation = WORLD["under"]
moved = scim.replace(read)
same((moved.id, moved[Post].organisation, moved[Post].state), (made.id, WORLD["under"], "pending"), "a transfer by PUT")
patch = PatchOp[User](operations=[PatchOperation(op=PatchOperation.Op.replace_, path="active", value=False)])
off = scim.modify(User, made.id, patch)
same(off.active, False, "ended by PATCH")
twice = scim.create(User(user_name="g-2", **{POST: Post(role="king")}), raise_scim_errors=False)
same((type(twice), twice.status), (Error, 400), "a role that there is not")
scim.delete(User, made.id)
gone = scim.query(User, made.id, raise_scim_errors=False)
same((type(gone), gone.status), (Error, 404), "it is removed")

# The tester, on what the server says of itself.
results = check_server(scim, include_tags={"discovery", "service-provider-config", "resource-types", "schemas", "misc"})
bad = [one for one in results if one.status in (Status.ERROR, Status.CRITICAL)]
for one in bad:
    print("bad", one.title, one.reason)
same(len(bad), 0, f"scim2-tester: {sum(one.status == Status.SUCCESS for one in results)} checks of discovery")
