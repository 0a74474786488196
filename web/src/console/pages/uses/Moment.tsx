// A date and time of the province's clock, as the browser's own picker, kept in the address as `2026-11-23T22:14`.

const PROVINCE_OFFSET_S = 8 * 3600;

export function Moment({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <label className="field">
      {label}
      <input
        type="datetime-local"
        className="moment"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
    </label>
  );
}

/** Unix seconds of a province-local `YYYY-MM-DDTHH:MM`; undefined where it is none. */
export function atOf(local: string | undefined): number | undefined {
  const at = local ? Date.parse(`${local}:00Z`) / 1000 - PROVINCE_OFFSET_S : Number.NaN;
  return Number.isFinite(at) ? at : undefined;
}
