// Checks by hour as stacked bars over the dashed line of the day before, drawn by ECharts (only the parts used are loaded).
// It takes colours from the tokens and knows nothing of what is counted.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { Hour } from "../pages/overview/figures";
import { useDress } from "../shell/theme";
import { useFormat, type Format } from "../words/format";

use([BarChart, LineChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

interface Names {
  valid: string;
  refused: string;
  unchecked: string;
  before: string;
}
interface Props {
  hours: Hour[];
  label: string;
  names: Names;
}

export default function HoursChart({ hours, label, names }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const { colour, ground } = useDress();
  const format = useFormat();
  useEffect(() => {
    if (!place.current) return undefined;
    const chart = init(place.current, null, { renderer: "svg" });
    chart.setOption(option(hours, names, colour, format));
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [hours, names, colour, ground, format]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}

function option(hours: Hour[], names: Names, colour: (token: string) => string, format: Format) {
  const text = { color: colour("ink-2"), fontFamily: colour("sans"), fontSize: 12 };
  const bar = (name: string, token: string, values: number[]) => ({
    type: "bar",
    stack: "checks",
    name,
    data: values,
    itemStyle: { color: colour(token) },
    barCategoryGap: "18%",
    emphasis: { disabled: true },
  });
  return {
    animation: false,
    grid: { left: 4, right: 8, top: 14, bottom: 2, containLabel: true },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: colour("sunken"), opacity: 0.6 } },
      backgroundColor: colour("surface"),
      borderColor: colour("line"),
      textStyle: { ...text, color: colour("ink"), fontSize: 13 },
      valueFormatter: (value: unknown) => format.number(Number(value)),
    },
    xAxis: {
      type: "category",
      data: hours.map((hour) => format.clock(hour.at)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("edge") } },
      axisLabel: {
        ...text,
        interval: (index: number) => new Date(((hours[index]?.at ?? 0) + 28_800) * 1000).getUTCHours() % 3 === 0,
      },
    },
    yAxis: {
      type: "value",
      minInterval: 1,
      splitNumber: 4,
      axisLabel: { ...text, formatter: (value: number) => format.compact(value) },
      splitLine: { lineStyle: { color: colour("line"), type: [1, 4] } },
    },
    series: [
      bar(
        names.valid,
        "b4",
        hours.map((hour) => hour.valid),
      ),
      bar(
        names.refused,
        "b2",
        hours.map((hour) => hour.refused),
      ),
      bar(
        names.unchecked,
        "ochre",
        hours.map((hour) => hour.unchecked),
      ),
      {
        type: "line",
        name: names.before,
        data: hours.map((hour) => hour.before),
        showSymbol: false,
        smooth: false,
        z: 3,
        lineStyle: { color: colour("ink-2"), width: 1.5, type: [4, 3] },
        itemStyle: { color: colour("ink-2") },
        emphasis: { disabled: true },
      },
    ],
  };
}
