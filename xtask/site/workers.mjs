// An esbuild plugin for web workers, written as the web platform has them:
//
//   new Worker(new URL("monaco-editor/editor/editor.worker.js", import.meta.url), { type: "module" })
//
// in a module of app/js: the file is bundled on its own and the URL becomes that of the bundle.

import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

const WORKER = /new\s+URL\(\s*(["'])([^"']+\.js)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

export function workers(release) {
  return {
    name: "workers",
    setup(esbuild) {
      esbuild.onLoad({ filter: /[\\/]app[\\/]js[\\/].*\.js$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const imports = [];
        const contents = text.replace(WORKER, (_, _quote, specifier) => {
          const name = `__worker${imports.length}`;
          imports.push(`import ${name} from ${JSON.stringify(`worker:${specifier}`)};`);
          return `new URL(${name}, import.meta.url)`;
        });
        return { contents: imports.concat(contents).join("\n"), loader: "js" };
      });

      esbuild.onResolve({ filter: /^worker:/ }, async ({ path, resolveDir }) => {
        const specifier = path.slice("worker:".length);
        const found = await esbuild.resolve(specifier, { kind: "import-statement", resolveDir });
        return found.errors.length > 0
          ? { errors: found.errors }
          : { path: found.path, namespace: "worker" };
      });

      esbuild.onLoad({ filter: /.*/, namespace: "worker" }, async ({ path }) => {
        const result = await build({
          entryPoints: [path],
          bundle: true,
          format: "esm",
          target: ["chrome123", "firefox120", "safari17.5"],
          minify: release,
          legalComments: "none",
          write: false,
          metafile: true,
          outdir: "/",
          entryNames: basename(path, ".js"),
        });
        const watchFiles = Object.keys(result.metafile.inputs);
        return { contents: result.outputFiles[0].contents, loader: "file", watchFiles };
      });
    },
  };
}
