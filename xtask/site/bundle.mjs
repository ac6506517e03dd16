// Bundles the page: wasm-bindgen's glue, the modules of app/js and style/main.css, by esbuild.
// Called by `cargo xtask` (xtask/src/site.rs); xtask/README.md documents the result.
//
//   node bundle.mjs --glue querent.js --loader querent_parts.js --wasm DIR --out DIR [--release]
//
// --wasm is a folder: querent_bg.wasm, and the parts that the loader fetches when a page needs them.
//
// Writes DIR/pkg/*, DIR/manifest.json and a copy of public/. In a release every file under pkg/
// carries a hash of its content and has a .br and .gz beside it.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compressAll } from "./compress.mjs";
import { workers } from "./workers.mjs";

const { values: args } = parseArgs({
  options: {
    glue: { type: "string" },
    loader: { type: "string" },
    wasm: { type: "string" },
    out: { type: "string" },
    release: { type: "boolean", default: false },
  },
});
const pkg = join(args.out, "pkg");
const manifest = {};

await mkdir(pkg, { recursive: true });
const parts = await copyWasm();
const glue = await bundle({ querent: await glueEntry(parts) }, { splitting: false });
note(glue);
await bundleModules();
await startModule();
await copyPublic();
await writeFile(
  join(args.out, "manifest.json"),
  JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 2) + "\n",
);
if (args.release) await compressAll(args.out);

/** Copies the WASM under its final names: a map from the plain ones, which glue and loader must know. */
async function copyWasm() {
  const parts = new Map();
  for (const plain of (await readdir(args.wasm)).sort()) {
    const bytes = await readFile(join(args.wasm, plain));
    const name = named(basename(plain, ".wasm"), ".wasm", bytes);
    await writeFile(join(pkg, name), bytes);
    manifest[plain] = `/pkg/${name}`;
    parts.set(plain, name);
  }
  return parts;
}

/**
 * The glue looks for its WASM by the unhashed name: writes a copy that knows the real one, and beside
 * it the loader, which knows those of the other parts.
 */
async function glueEntry(parts) {
  const main = "querent_bg.wasm";
  const glue = await readFile(args.glue, "utf8");
  if (!glue.includes(`'${main}'`)) throw new Error("wasm-bindgen's glue names no WASM");
  const path = args.glue.replace(/\.js$/, ".entry.js");
  await writeFile(path, glue.replaceAll(`'${main}'`, JSON.stringify(parts.get(main))));

  let loader = await readFile(args.loader, "utf8");
  for (const [plain, name] of parts) {
    const at = `"./${plain}"`;
    if (plain !== main && !loader.includes(at)) throw new Error(`nothing loads ${plain}`);
    loader = loader.replaceAll(at, JSON.stringify(`./${name}`));
  }
  await writeFile(join(dirname(args.glue), basename(args.loader)), loader);
  return path;
}

/** The modules that pages load when first needed, and the style sheet. */
async function bundleModules() {
  const js = resolve("app/js");
  const files = existsSync(js) ? await readdir(js, { withFileTypes: true }) : [];
  const entries = {};
  for (const file of files) {
    if (file.isFile() && file.name.endsWith(".js") && !file.name.endsWith(".worker.js"))
      entries[basename(file.name, ".js")] = join(js, file.name);
  }
  if (existsSync("style/main.css")) entries.main = resolve("style/main.css");
  if (Object.keys(entries).length === 0) return;
  const { metafile } = await bundle(entries, { splitting: true });
  note({ metafile });
  await linkStyles(metafile);
}

/**
 * One module that starts the page, so that a page needs no inline script. `html[data-hydrated]`
 * tells tests, and the performance mark tells measures, that the page now answers.
 */
async function startModule() {
  const querent = basename(manifest["querent.js"]);
  const text = `import init, { hydrate } from "./${querent}";
await init();
await hydrate();
performance.mark("querent:hydrated");
document.documentElement.dataset.hydrated = "";
`;
  const name = named("start", ".js", text);
  await writeFile(join(pkg, name), text);
  manifest["start.js"] = `/pkg/${name}`;
}

async function copyPublic() {
  if (existsSync("public")) await cp("public", args.out, { recursive: true });
}

function bundle(entryPoints, options) {
  return build({
    entryPoints,
    outdir: pkg,
    bundle: true,
    format: "esm",
    target: ["chrome123", "firefox120", "safari17.5"],
    minify: args.release,
    sourcemap: args.release ? false : "linked",
    metafile: true,
    logLevel: "warning",
    // wasm-bindgen names the loader once for each function that it imports from there.
    logOverride: { "duplicate-object-key": "silent" },
    legalComments: "none",
    charset: "utf8",
    publicPath: "/pkg/",
    entryNames: args.release ? "[name]-[hash]" : "[name]",
    chunkNames: "[name]-[hash]",
    assetNames: args.release ? "[name]-[hash]" : "[name]",
    loader: { ".ttf": "file", ".woff2": "file", ".svg": "file", ".png": "file" },
    define: { "process.env.NODE_ENV": args.release ? '"production"' : '"development"' },
    plugins: [workers(args.release)],
    ...options,
  });
}

/** Enters the bundled entry points in the manifest under their unhashed names. */
function note({ metafile }) {
  for (const [path, output] of entryOutputs(metafile)) {
    const name = basename(output.entryPoint).replace(".entry.js", ".js");
    manifest[name] = `/pkg/${basename(path)}`;
    if (output.cssBundle) {
      manifest[name.replace(/\.js$/, ".css")] = `/pkg/${basename(output.cssBundle)}`;
    }
  }
}

/** The outputs of our own entry points: esbuild also calls what is imported dynamically an entry. */
function entryOutputs(metafile) {
  return Object.entries(metafile.outputs).filter(
    ([, { entryPoint }]) => entryPoint && !/node_modules\/|app\/js\/.+\//.test(entryPoint),
  );
}

/**
 * A module with CSS gets a wrapper that fetches all it needs at once: the sheet, and the files of its
 * stages, which it would otherwise ask for one after the other. A stage has the CSS of those before.
 */
async function linkStyles(metafile) {
  const outputs = metafile.outputs;
  for (const [path, output] of entryOutputs(metafile)) {
    const stages = output.imports.filter(({ kind }) => kind === "dynamic-import");
    const sheets = [output, ...stages.map(({ path }) => outputs[path])].map((one) => one?.cssBundle).filter(Boolean);
    const sheet = sheets.toSorted((a, b) => outputs[b].bytes - outputs[a].bytes)[0];
    if (!sheet) continue;
    const files = [...new Set(stages.flatMap(({ path }) => [path, ...needed(outputs, path)]))];
    const address = (file) => `/pkg/${basename(file)}`;
    const text = `const link = (rel, href) => {
  const link = Object.assign(document.createElement("link"), { rel, href });
  const loaded = new Promise((done) => (link.onload = link.onerror = done));
  document.head.append(link);
  return loaded;
};
for (const href of ${JSON.stringify(files.map(address))}) link("modulepreload", href);
const styled = link("stylesheet", ${JSON.stringify(address(sheet))});
const inner = await import("./${basename(path)}");
await styled;
export const { ${output.exports.join(", ")} } = inner;
`;
    const logical = basename(output.entryPoint);
    const name = named(`${basename(logical, ".js")}-styled`, ".js", text);
    await writeFile(join(pkg, name), text);
    manifest[logical] = `/pkg/${name}`;
  }
}

/** The files that a file imports, and what those import. */
function needed(outputs, path, seen = new Set()) {
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind !== "import-statement" || seen.has(next)) continue;
    seen.add(next);
    needed(outputs, next, seen);
  }
  return [...seen];
}

function named(stem, extension, content) {
  if (!args.release) return stem + extension;
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  return `${stem}-${hash}${extension}`;
}
