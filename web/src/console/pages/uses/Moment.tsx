// A date and time of the province's clock, as the browser's own picker, kept in the address as `2026-11-23T22:14`.

interface Props {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

export function Moment({ label, value, onChange }: Props) {
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
