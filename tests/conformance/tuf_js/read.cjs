// Reads one target of a registry with tuf-js, as any program of its users would; says on standard output what came.
// node read.cjs ADDRESS FOLDER TARGET: FOLDER keeps what is trusted between runs and begins with root.json.
const fs = require("node:fs");
const path = require("node:path");
const { Updater } = require("tuf-js");

async function read(address, folder, name) {
  const targets = path.join(folder, "targets");
  fs.mkdirSync(targets, { recursive: true });
  const updater = new Updater({
    metadataDir: folder,
    metadataBaseUrl: address,
    targetDir: targets,
    targetBaseUrl: address,
  });
  await updater.refresh();
  const found = await updater.getTargetInfo(name);
  if (!found) return { error: "NoSuchTarget" };
  return { target: fs.readFileSync(await updater.downloadTarget(found)).toString("base64") };
}

read(...process.argv.slice(2))
  .catch((error) => ({ error: error.constructor.name, message: error.message }))
  .then((outcome) => process.stdout.write(JSON.stringify(outcome)));
