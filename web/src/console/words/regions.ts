// Names of the cities and counties of a province by their GB/T 2260 code, and where each city stands among the squares.
// It knows regions.json, which another province replaces.
import regions from "../../../../regions.json";
import type { Language } from "./language";

export interface City {
  code: string;
  zh: string;
  en: string;
  row: number;
  column: number;
}

/** 方格示意: a square a city, roughly where it lies; no border is drawn. */
export const CITIES: readonly City[] = regions.cities;

/** Six-digit code and name of each county, in code order. */
export const COUNTIES: readonly (readonly [string, string])[] = Object.entries(regions.counties);

const CITY_BY_CODE = new Map(CITIES.map((city) => [city.code, city]));
const COUNTY_BY_CODE = new Map(COUNTIES);

/** The city of a 4- or 6-digit code; undefined for another province. */
export function cityOf(region: string): City | undefined {
  return CITY_BY_CODE.get(region.slice(0, 4));
}

/** "济南 历下区", "Jinan 历下区": counties have no English name of their own here. An unknown code stays a code. */
export function regionName(region: string, language: Language): string {
  const city = cityOf(region);
  if (!city) return region === "370000" ? (language === "zh" ? "全省" : "Province") : region;
  const county = COUNTY_BY_CODE.get(region);
  return county ? `${city[language]} ${county}` : city[language];
}
