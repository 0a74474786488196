// Walks the build's manifest from an entry to the files it loads. It knows the manifest's shape, not what the files do.

/** Paths of the entry's scripts, styles and assets; dynamic imports are followed when `follow(name)` says so. */
export function filesOf(manifest, entry, follow) {
  const seen = new Set(), files = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const node = manifest[name];
    if (!node) return;
    for (const file of [node.file, ...(node.css ?? []), ...(node.assets ?? [])]) if (!file.endsWith(".html")) files.add(`/${file}`);
    for (const next of node.imports ?? []) visit(next);
    for (const next of node.dynamicImports ?? []) if (follow(next)) visit(next);
  };
  visit(entry);
  return [...files];
}
