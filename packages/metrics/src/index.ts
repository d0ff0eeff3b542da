export { type Prometheus, prometheus } from "./prometheus.js";
