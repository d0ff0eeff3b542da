// The arrows between packages: bytes -> message -> event -> step -> effects -> bytes flows one way, and so do
// the imports. A package may import itself and what stands in its row; whatever is missing is forbidden.
// `builtins` names the folders that may use Node's own modules: what stands elsewhere runs in a browser too.
export const arrows = {
  core: { packages: [], modules: ["fp-ts", "io-ts", "@noble/hashes"], builtins: [] },
  simulator: { packages: ["core"], modules: ["fast-check"], builtins: [] },
  storage: { packages: ["core"], modules: ["fast-check"], builtins: [] },
  "storage-lmdb": {
    packages: ["core", "storage"],
    modules: ["fs-native-extensions", "lmdb"],
    builtins: [""],
  },
  transport: { packages: ["core"], modules: ["fp-ts"], builtins: ["node", "conformance"] },
  "transport-memory": { packages: ["core", "transport"], modules: ["fp-ts"], builtins: [] },
  "transport-python": { packages: ["core", "transport"], modules: ["fp-ts"], builtins: [""] },
  "transport-tcp": { packages: ["core", "transport"], modules: [], builtins: [""] },
  "transport-ws": { packages: ["core", "transport"], modules: ["fp-ts", "ws"], builtins: [""] },
  chordnet: { packages: ["core", "storage", "transport"], modules: ["fp-ts"], builtins: [] },
  metrics: { packages: ["chordnet"], modules: ["prom-client"], builtins: [] },
  cli: {
    packages: [
      "core",
      "simulator",
      "storage",
      "storage-lmdb",
      "transport",
      "transport-python",
      "transport-tcp",
      "transport-ws",
      "chordnet",
      "metrics",
    ],
    modules: [
      "@observablehq/plot",
      "cli-progress",
      "cli-table3",
      "commander",
      "linkedom",
      "picocolors",
      "pino",
      "pino-pretty",
      "prom-client",
    ],
    builtins: [""],
  },
};

/** Where two types are of each other by nature (a link has a peer, a peer has links), or only their types go round. */
const circlesOfTypes = [
  "^packages/transport/src/(link/link|link/link-owner|peers/peer)\\.ts$",
  "^packages/simulator/",
];

const packageRules = ([name, { packages, modules, builtins }]) => [
  {
    name: `arrows-of-${name}`,
    severity: "error",
    from: { path: `^packages/${name}/src/` },
    to: {
      dependencyTypesNot: ["core"],
      pathNot: [
        `^packages/${name}/src/`,
        ...packages.map((other) => `^packages/${other}/dist/`),
        ...modules.map((module) => `^node_modules/\\.pnpm/[^/]+/node_modules/(@types/)?${module}/`),
      ],
    },
  },
  {
    name: `node-builtins-of-${name}`,
    severity: "error",
    from: {
      path: `^packages/${name}/src/`,
      pathNot: builtins.map((folder) => `^packages/${name}/src/${folder}`),
    },
    to: { dependencyTypes: ["core"] },
  },
];

export default {
  forbidden: [
    ...Object.entries(arrows).flatMap(packageRules),
    {
      name: "no-cycle",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-cycle-of-types",
      severity: "error",
      from: { pathNot: circlesOfTypes },
      to: { circular: true },
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
