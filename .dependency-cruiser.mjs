// The arrows between packages: bytes -> message -> event -> step -> effects -> bytes flows one way, and so do
// the imports. A package may import itself and what stands in its row; whatever is missing is forbidden.
const arrows = {
  core: { packages: [], modules: ["fp-ts", "io-ts", "@noble/hashes"], builtins: false },
  transport: { packages: ["core"], modules: ["fp-ts"], builtins: false },
  "transport-memory": { packages: ["core", "transport"], modules: ["fp-ts"], builtins: false },
  "transport-tcp": { packages: ["core", "transport"], modules: ["fp-ts"], builtins: true },
  "transport-ws": { packages: ["core", "transport"], modules: ["fp-ts", "ws"], builtins: true },
  chordnet: { packages: ["core", "transport"], modules: ["fp-ts"], builtins: false },
  cli: {
    packages: ["core", "transport", "transport-memory", "transport-tcp", "transport-ws", "chordnet"],
    modules: ["fp-ts"],
    builtins: true,
  },
};

const packageRule = ([name, { packages, modules, builtins }]) => ({
  name: `arrows-of-${name}`,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: {
    pathNot: [
      `^packages/${name}/src/`,
      ...packages.map((other) => `^packages/${other}/dist/`),
      ...modules.map((module) => `^node_modules/\\.pnpm/[^/]+/node_modules/(@types/)?${module}/`),
    ],
    dependencyTypesNot: builtins ? ["core"] : [],
  },
});

export default {
  forbidden: [
    ...Object.entries(arrows).map(packageRule),
    {
      name: "no-cycle",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-package-without-a-row",
      severity: "error",
      from: { path: "^packages/", pathNot: `^packages/(${Object.keys(arrows).join("|")})/` },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: ["node_modules", "/dist/"] },
    exclude: { path: "/test/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
