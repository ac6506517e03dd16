// Puts a .br and a .gz beside every file worth compressing, so that the server only picks one.

import { readFile, readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const TEXT = new Set([".js", ".mjs", ".css", ".wasm", ".svg", ".json", ".html", ".txt", ".ttf", ".ico"]);
const brotli = promisify(brotliCompress);
const gz = promisify(gzip);

/** Compresses all files below `dir`; a variant that saves nothing is not written. */
export async function compressAll(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && TEXT.has(extname(entry.name)) && entry.name !== "manifest.json")
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  await Promise.all(files.map(compress));
}

async function compress(file) {
  const bytes = await readFile(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const [br, zipped] = await Promise.all([brotli(bytes, { params }), gz(bytes, { level: 9 })]);
  if (br.length < bytes.length) await writeFile(`${file}.br`, br);
  if (zipped.length < bytes.length) await writeFile(`${file}.gz`, zipped);
}
