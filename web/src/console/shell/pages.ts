// Which pages there are, who has them in the menu, and how each is loaded when it is first opened.
// The menu only hides; the server alone decides (it answers 403).
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { Role } from "../../api/types";
import type { IconName } from "../parts/icons";

export type PageName = "overview" | "residents" | "devices" | "scenarios" | "places" | "gates" | "uses" | "keys" | "rights" | "organisations" | "recoveries" | "audit" | "visits" | "deaths" | "apps" | "operators";
type Screen = LazyExoticComponent<ComponentType>;

export interface PageEntry {
  name: PageName;
  icon: IconName;
  group: "top" | "nouns" | "ground";
  roles: readonly Role[];
  screen: Screen;
  detail?: Screen;
}

const EVERYBODY: readonly Role[] = ["system", "security", "audit"];

export const PAGES: readonly PageEntry[] = [
  { name: "overview", icon: "home", group: "top", roles: EVERYBODY, screen: lazy(() => import("../pages/overview/Overview")) },
  {
    name: "residents",
    icon: "resident",
    group: "nouns",
    roles: ["system"],
    screen: lazy(() => import("../pages/residents/Residents")),
    detail: lazy(() => import("../pages/residents/Resident")),
  },
  { name: "devices", icon: "phone", group: "nouns", roles: ["system"], screen: lazy(() => import("../pages/devices/Devices")) },
  {
    name: "scenarios",
    icon: "scenario",
    group: "nouns",
    roles: EVERYBODY,
    screen: lazy(() => import("../pages/scenarios/Scenarios")),
    detail: lazy(() => import("../pages/scenarios/Scenario")),
  },
  {
    name: "organisations",
    icon: "tree",
    group: "nouns",
    roles: ["system", "security"],
    screen: lazy(() => import("../pages/organisations/Organisations")),
    detail: lazy(() => import("../pages/organisations/Organisation")),
  },
  {
    name: "apps",
    icon: "app",
    group: "nouns",
    roles: EVERYBODY,
    screen: lazy(() => import("../pages/apps/Apps")),
    detail: lazy(() => import("../pages/apps/App")),
  },
  { name: "rights", icon: "right", group: "nouns", roles: ["system", "security"], screen: lazy(() => import("../pages/rights/Rights")) },
  {
    name: "recoveries",
    icon: "again",
    group: "nouns",
    roles: ["system", "security"],
    screen: lazy(() => import("../pages/recoveries/Recoveries")),
  },
  { name: "visits", icon: "counter", group: "nouns", roles: ["system"], screen: lazy(() => import("../pages/visits/Visits")) },
  { name: "deaths", icon: "candle", group: "nouns", roles: ["system", "security"], screen: lazy(() => import("../pages/deaths/Deaths")) },
  { name: "uses", icon: "use", group: "nouns", roles: ["audit"], screen: lazy(() => import("../pages/uses/Uses")) },
  { name: "audit", icon: "search", group: "nouns", roles: ["security", "audit"], screen: lazy(() => import("../pages/audit/Audit")) },
  { name: "places", icon: "place", group: "ground", roles: EVERYBODY, screen: lazy(() => import("../pages/places/Places")) },
  { name: "gates", icon: "gate", group: "ground", roles: EVERYBODY, screen: lazy(() => import("../pages/gates/Gates")) },
  { name: "operators", icon: "staff", group: "ground", roles: EVERYBODY, screen: lazy(() => import("../pages/operators/Operators")) },
  { name: "keys", icon: "key", group: "ground", roles: EVERYBODY, screen: lazy(() => import("../pages/keys/Keys")) },
];

export function pagesOf(role: Role): readonly PageEntry[] {
  return PAGES.filter((page) => page.roles.includes(role));
}
