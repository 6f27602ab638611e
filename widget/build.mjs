// Builds the widget into ../app/widget/releases, which is what the library serves. A version that is out never changes:
// to change the widget, raise "version" in package.json and run `npm ci && npm run build`.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { build, transform } from "esbuild";

const here = new URL(".", import.meta.url);
const releases = new URL(process.argv[2] ? `file://${process.argv[2]}/` : "../app/widget/releases/", here);
const { version } = JSON.parse(await readFile(new URL("package.json", here), "utf8"));

const target = ["chrome99", "firefox101", "safari16.4"]; // the first with style sheets that a script can adopt

const style = {
  name: "style",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const { outputFiles } = await build({
  entryPoints: [new URL("src/belong-search.js", here).pathname],
  bundle: true,
  charset: "utf8",
  format: "iife",
  minify: true,
  plugins: [style],
  target,
  write: false,
});
const [{ contents }] = outputFiles;

const hash = (bytes) => createHash("sha384").update(bytes).digest("base64");
const file = new URL(`${version}.js`, releases);
if (existsSync(file) && hash(await readFile(file)) !== hash(contents)) {
  console.error(`${version} is there already, and is not this: a version that is out never changes. Raise it in package.json.`);
  process.exit(1);
}
await writeFile(file, contents);
console.log(`${version}: ${contents.length} bytes, integrity sha384-${hash(contents)}`);
