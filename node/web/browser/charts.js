// The parts of Apache ECharts that the charts use. Nothing else imports the library, so it is bundled once, without the rest.
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AxisPointerComponent, GridComponent, TooltipComponent } from "echarts/components";
import { graphic, helper, init, use } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

use([
  AxisPointerComponent,
  CanvasRenderer,
  CustomChart,
  GridComponent,
  LineChart,
  ScatterChart,
  SVGRenderer,
  TooltipComponent,
]);

const { createSymbol } = helper;
export { createSymbol, graphic, init };
