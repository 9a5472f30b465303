/// The last part of a path without its extensions, by which runs, vectors and teachers are called.
func stem(of path: String) -> String {
  var name = path.split(separator: "/").last.map(String.init) ?? path
  let extensions = [".gz", ".jsonl", ".json", ".costs", ".vectors", ".trec", ".txt", ".run"]
  for suffix in extensions where name.hasSuffix(suffix) { name.removeLast(suffix.utf8.count) }
  return name
}
