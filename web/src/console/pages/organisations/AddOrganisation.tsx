// The form of a new organisation, under the level that is open.
// The server alone says whether a credit code is right.
import { Form, Input, Radio } from "antd";
import { at } from "../../../api/at";
import type { OrganisationRow } from "../../../api/types";
import { send } from "../../api/client";
import { FormModal, needed } from "../../parts/form-modal";
import { RegionSelect } from "../../parts/region-select";
import { useWords } from "../../words/language";
import { words } from "./organisations.words";

interface Props {
  open: boolean;
  parent: OrganisationRow | undefined;
  onClose: () => void;
  changed: () => void;
}
interface Fields {
  kind: "enterprise" | "department";
  name: string;
  credit_code?: string;
  region?: string;
  source: string;
}

export function AddOrganisation({ open, parent, onClose, changed }: Props) {
  const t = useWords(words).form;
  const add = async (fields: Fields): Promise<void> => {
    await send(at("/organisations"), {
      kind: fields.kind,
      name: fields.name,
      source: fields.source,
      region: fields.region ?? parent?.region ?? "",
      credit_code: fields.kind === "enterprise" ? (fields.credit_code ?? null) : null,
      parent: parent?.id ?? null,
    });
    changed();
  };
  const under = parent && (
    <p className="lead">
      <b>{parent.name}</b>
    </p>
  );
  return (
    <FormModal<Fields> open={open} title={t.title} lead={under} ok={t.ok} cancel={t.cancel} initial={{ kind: "department" }} onClose={onClose} deed={add}>
      <Inputs top={!parent} />
    </FormModal>
  );
}

/** What is asked for depends on the kind: an enterprise has a credit code, and its region is in it. */
function Inputs({ top }: { top: boolean }) {
  const all = useWords(words);
  const t = all.form;
  const kind = Form.useWatch<Fields["kind"]>("kind") ?? "department";
  const need = needed(t.need);
  return (
    <>
      <Form.Item name="kind" label={t.kind}>
        <Radio.Group options={(["department", "enterprise"] as const).map((value) => ({ value, label: all.kinds[value] }))} />
      </Form.Item>
      <Form.Item name="name" label={t.name} rules={need}>
        <Input maxLength={120} autoFocus />
      </Form.Item>
      {kind === "enterprise" && (
        <Form.Item name="credit_code" label={t.code} rules={need}>
          <Input maxLength={24} />
        </Form.Item>
      )}
      <Form.Item name="region" label={t.region} rules={kind === "department" && top ? need : []}>
        <RegionSelect anywhere="—" />
      </Form.Item>
      <Form.Item name="source" label={t.source} extra={t.sourceHint} rules={need}>
        <Input maxLength={200} />
      </Form.Item>
    </>
  );
}
