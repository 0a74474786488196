// Light or dark, and the product's tokens handed to Ant Design, so that its parts wear our colours and not its own.
// It knows no page. Every colour is read from the shared tokens; none is written here.
import { App as AntApp, ConfigProvider, theme as ant, type ThemeConfig } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, useContext, useLayoutEffect, useMemo, useState, type ReactNode } from "react";
import { useLanguage } from "../words/language";

export type Ground = "light" | "dark";
interface Dress {
  ground: Ground;
  wear: (ground: Ground) => void;
  colour: (token: string) => string;
}

const Dress = createContext<Dress>({ ground: "light", wear: () => undefined, colour: () => "" });
const KEPT_AS = "yima.console.ground";

export function useDress(): Dress {
  return useContext(Dress);
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  const [ground, setGround] = useState<Ground>(firstGround);
  useLayoutEffect(() => paint(ground), [ground]);
  const dress = useMemo<Dress>(
    () => ({
      ground,
      colour: readToken,
      wear: (next) => {
        paint(next);
        localStorage.setItem(KEPT_AS, next);
        setGround(next);
      },
    }),
    [ground],
  );
  const config = useMemo(() => antTheme(ground), [ground]);
  return (
    <Dress value={dress}>
      <ConfigProvider
        locale={language === "zh" ? zhCN : enUS}
        theme={config}
        button={{ autoInsertSpace: false }}
        wave={{ disabled: true }}
      >
        <AntApp component={false}>{children}</AntApp>
      </ConfigProvider>
    </Dress>
  );
}

/** The value of `--name` on the page as it is painted now. */
function readToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function paint(ground: Ground): void {
  document.documentElement.dataset["theme"] = ground;
}

export function firstGround(): Ground {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === "light" || kept === "dark") return kept;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function antTheme(ground: Ground): ThemeConfig {
  paint(ground);
  const t = readToken;
  return {
    algorithm: [ground === "dark" ? ant.darkAlgorithm : ant.defaultAlgorithm, exactly(t)],
    token: {
      colorPrimary: t("blue"),
      colorInfo: t("blue"),
      colorLink: t("blue"),
      colorLinkHover: t("blue-deep"),
      colorLinkActive: t("blue-deep"),
      colorPrimaryHover: t("blue-deep"),
      colorPrimaryActive: t("blue-deep"),
      colorPrimaryBg: t("blue-wash"),
      colorPrimaryBgHover: t("blue-wash"),
      colorPrimaryText: t("blue"),
      colorPrimaryTextHover: t("blue-deep"),
      colorPrimaryBorder: t("edge"),
      colorPrimaryBorderHover: t("blue"),
      colorError: t("seal"),
      colorErrorHover: t("seal"),
      colorErrorActive: t("seal"),
      colorErrorBg: t("seal-wash"),
      colorErrorText: t("seal"),
      colorErrorBorder: t("seal"),
      colorErrorBorderHover: t("seal"),
      colorWarning: t("ochre"),
      colorWarningBg: t("ochre-wash"),
      colorWarningBorder: t("ochre"),
      colorWarningText: t("ochre"),
      colorSuccess: t("pine"),
      colorSuccessBg: t("pine-wash"),
      colorSuccessBorder: t("pine"),
      colorSuccessText: t("pine"),
      colorText: t("ink"),
      colorTextSecondary: t("ink-2"),
      colorTextTertiary: t("ink-3"),
      colorTextDescription: t("ink-2"),
      colorTextPlaceholder: t("ink-3"),
      colorTextHeading: t("ink"),
      colorTextLabel: t("ink-2"),
      colorTextDisabled: t("ink-3"),
      colorTextLightSolid: t("on-blue"),
      colorIcon: t("ink-2"),
      colorIconHover: t("ink"),
      colorBgBase: t("surface"),
      colorBgLayout: t("paper"),
      colorBgContainer: t("surface"),
      colorBgElevated: t("surface"),
      colorBgSpotlight: ground === "dark" ? t("line") : t("ink"),
      colorBgContainerDisabled: t("sunken"),
      colorFillAlter: t("sunken"),
      colorBorder: t("edge"),
      colorBorderSecondary: t("line"),
      colorSplit: t("line"),
      colorBgMask: "rgb(10 15 21 / .55)",
      controlOutline: "transparent",
      controlOutlineWidth: 0,
      controlItemBgActive: t("blue-wash"),
      controlItemBgActiveHover: t("blue-wash"),
      controlItemBgHover: t("sunken"),
      fontFamily: t("sans"),
      fontSize: 14,
      fontWeightStrong: 700,
      lineHeight: 1.45,
      borderRadius: 8,
      borderRadiusLG: 12,
      borderRadiusSM: 6,
      controlHeight: 36,
      controlHeightSM: 32,
      controlHeightLG: 44,
      boxShadow: t("e1"),
      boxShadowSecondary: ground === "dark" ? t("e2") : "0 12px 32px rgb(22 32 44 / .16)",
      motionDurationFast: "0.08s",
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.24s",
      motionEaseOut: t("ease"),
      wireframe: false,
    },
    components: {
      Button: {
        fontWeight: 700,
        primaryShadow: "none",
        defaultShadow: "none",
        dangerShadow: "none",
        primaryColor: t("on-blue"),
        dangerColor: t("on-seal"),
        defaultBorderColor: t("edge"),
        defaultColor: t("ink"),
      },
      Table: {
        headerBg: "transparent",
        headerColor: t("ink-2"),
        headerSplitColor: "transparent",
        rowHoverBg: t("sunken"),
        borderColor: t("line"),
        cellPaddingBlock: 10,
        cellPaddingInline: 10,
        cellPaddingBlockSM: 6,
        cellPaddingInlineSM: 8,
        cellFontSizeSM: 14,
        headerBorderRadius: 0,
      },
      Input: { activeShadow: "none", errorActiveShadow: "none", activeBorderColor: t("blue"), hoverBorderColor: t("ink-3") },
      Select: { optionSelectedBg: t("blue-wash"), optionSelectedFontWeight: 700, optionActiveBg: t("sunken") },
      Segmented: {
        trackBg: t("sunken"),
        itemSelectedBg: t("surface"),
        itemSelectedColor: t("blue"),
        itemColor: t("ink-2"),
        itemHoverColor: t("ink"),
      },
      Tabs: {
        itemColor: t("ink-2"),
        itemSelectedColor: t("blue"),
        inkBarColor: t("blue"),
        titleFontSize: 15,
        horizontalMargin: "0 0 14px 0",
      },
      Modal: { titleFontSize: 18, contentBg: t("surface"), headerBg: t("surface") },
      Tooltip: {
        colorBgSpotlight: ground === "dark" ? t("line") : t("ink"),
        colorTextLightSolid: ground === "dark" ? t("ink") : t("surface"),
      },
    },
  };
}

type Mapping = Exclude<NonNullable<ThemeConfig["algorithm"]>, unknown[]>;

/** The algorithms derive shades from a colour; our tokens are exact already and go in unchanged. */
function exactly(t: (name: string) => string): Mapping {
  return (seed, map) => ({
    ...(map ?? ant.defaultAlgorithm(seed)),
    colorPrimary: t("blue"),
    colorInfo: t("blue"),
    colorLink: t("blue"),
    colorError: t("seal"),
    colorWarning: t("ochre"),
    colorSuccess: t("pine"),
  });
}
