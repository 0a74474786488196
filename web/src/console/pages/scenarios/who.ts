// Who proposed or reviewed a version, as the page names them: oneself by name, another operator by a short id,
// the program itself by what it did. It does not know other operators' names: the API gives ids.
import type { ManifestVersion, Me } from "../../../api/types";
import { useMe } from "../../shell/session";
import { shortId } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./scenarios.words";

const PROGRAM = /^system(:|$)/;

export function isOwn(version: ManifestVersion, me: Me): boolean {
  return version.proposed_by === me.id || version.proposed_by === me.name;
}

export function cameWithTheProgram(version: ManifestVersion): boolean {
  return PROGRAM.test(version.reviewed_by ?? "");
}

export function useWho(): (id: string | null) => string {
  const t = useWords(words).facts;
  const me = useMe();
  return (id) => (!id ? t.none : PROGRAM.test(id) ? t.shipped : id === me.id ? me.name : shortId(id));
}
