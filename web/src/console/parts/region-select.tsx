// Chooses a city or one of its counties (GB/T 2260) by name or code.
// It does not know what is filtered by it.
import { Select } from "antd";
import { useMemo } from "react";
import { useLanguage } from "../words/language";
import { CITIES, COUNTIES } from "../words/regions";

interface Props {
  value?: string | undefined;
  onChange?: (code: string | undefined) => void;
  anywhere?: string;
  id?: string;
  /** Offer whole cities too: "3701". */ cities?: boolean;
}

export function RegionSelect({ value, onChange, anywhere, id, cities = false }: Props) {
  const { language } = useLanguage();
  const options = useMemo(
    () =>
      CITIES.map((city) => ({
        label: city[language],
        title: city.code,
        options: [
          ...(cities ? [{ value: city.code, label: language === "zh" ? `${city.zh} 全市` : `${city.en}, all` }] : []),
          ...COUNTIES.filter(([code]) => code.startsWith(city.code)).map(([code, name]) => ({
            value: code,
            label: `${city[language]} ${name}`,
          })),
        ],
      })),
    [language, cities],
  );
  return (
    <Select
      id={id}
      value={value || undefined}
      onChange={(code: string | undefined) => onChange?.(code)}
      options={options}
      allowClear={anywhere !== undefined}
      placeholder={anywhere}
      showSearch={{ optionFilterProp: "label" }}
      style={{ minWidth: 190 }}
    />
  );
}
