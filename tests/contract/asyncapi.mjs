// Parses the document named first, with AsyncAPI's own parser found in the folder named second.
// Prints every complaint; fails on errors and warnings, but not on hints about newer versions.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [file, tools] = process.argv.slice(2);
const { Parser, fromFile } = createRequire(resolve(tools, "package.json"))("@asyncapi/parser");
const { document, diagnostics } = await fromFile(new Parser(), file).parse();
const names = ["error", "warning", "information", "hint"];
for (const d of diagnostics) console.log(`${names[d.severity]}: ${d.path.join("/")}: ${d.message}`);
if (document === undefined || diagnostics.some((d) => d.severity < 2)) process.exit(1);
console.log(`${document.allChannels().length} channels, ${document.allOperations().length} operations, ${document.allMessages().length} messages`);
