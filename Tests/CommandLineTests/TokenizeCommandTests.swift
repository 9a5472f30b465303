import Foundation
import TestSupport
import Testing

@Suite("parlance tokenize")
struct TokenizeCommandTests {
  static let files: [String: String] = [
    "m/vocab.txt": "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ncafe\n##s\nbar\n",
    "bpe/tokenizer.json": "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\"}}",
    "short/vocab.txt": "[PAD]\n[UNK]\n",
    "bare/config.json": "{}",
  ]

  private func parlance(_ arguments: [String], input: String? = nil) throws -> ParlanceResult {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      try ParlanceProcess.run(arguments, in: folder, input: input)
    }
  }

  @Test("a line a token: id, piece, place")
  func table() throws {
    let result = try parlance(["tokenize", "--model", "m", "Cafés [SEP] bar?"])
    #expect(result.code == 0)
    #expect(
      result.output == """
        2  [CLS]  added
        5  cafe   0..<4
        6  ##s    4..<5
        3  [SEP]  6..<11
        7  bar    12..<15
        1  [UNK]  15..<16
        3  [SEP]  added

        """)
  }

  @Test("--json gives pieces, ids, and both kinds of offsets")
  func document() throws {
    let result = try parlance(["tokenize", "--model", "m", "é bar", "--pair", "cafes", "--json"])
    #expect(result.code == 0)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(json["ids"] as? [Int] == [2, 1, 7, 3, 5, 6, 3])
    #expect(json["type_ids"] as? [Int] == [0, 0, 0, 0, 1, 1, 1])
    #expect(json["offsets"] as? [[Int]] == [[0, 0], [0, 1], [2, 5], [0, 0], [0, 4], [4, 5], [0, 0]])
    #expect(json["byte_offsets"] as? [[Int]] == [[0, 0], [0, 2], [3, 6], [0, 0], [0, 4], [4, 5], [0, 0]])
  }

  @Test("what is wrong is said with its place, and the exit code tells its kind")
  func malformed() throws {
    let cases: [([String], Int32, String)] = [
      (["--model", "nowhere", "a"], 66, "nowhere: there is no such model folder"),
      (["--model", "owner/name", "a"], 66, "there is no such model folder; for the hub write hf:owner/name"),
      (["--model", "bare", "a"], 66, "found neither"),
      (["--model", "bpe", "a"], 65, "expected the model WordPiece, found BPE"),
      (["--model", "short", "a"], 65, "lacks the special token \"[CLS]\""),
      (["--model", "m", "a", "--max-length", "0"], 64, "--max-length must be at least 1"),
      (["--model", "m", "a", "--max-length", "1"], 64, "no room for the 2 special tokens"),
      (["--model", "m", "-", "--pair", "b"], 64, "--pair goes with a text"),
      (["--model", "m"], 64, "text"),
    ]
    for (arguments, code, says) in cases {
      let result = try parlance(["tokenize"] + arguments)
      #expect(result.code == code, "\(arguments): \(result.error)")
      #expect(result.error.contains(says), "\(arguments): \(result.error)")
      #expect(result.output.isEmpty)
    }
  }

  @Test("of a model out of the cache is told that the hub could not be asked, and that it has no modules.json")
  func cachedModel() throws {
    let commit = String(repeating: "c", count: 40)
    let snapshot = "hub/models--owner--name/snapshots/" + commit
    let files = [
      "hub/models--owner--name/refs/main": commit, snapshot + "/config.json": "{}", snapshot + "/model.safetensors": "",
      snapshot + "/vocab.txt": Self.files["m/vocab.txt"] ?? "",
    ]
    let plain = "hf:owner/name has no modules.json in the cache: it is taken for a plain SPLADE model\n"
    try ParlanceProcess.inFolder(of: files) { folder in
      let arguments = ["tokenize", "--model", "hf:owner/name", "bar", "--json"]
      let offline = try ParlanceProcess.run(
        arguments, in: folder, environment: ["HF_HUB_CACHE": folder + "/hub", "HF_HUB_OFFLINE": "1"])
      #expect(offline.code == 0 && offline.output.contains("[CLS]"), "\(offline.output)")
      #expect(offline.error == plain)
      let alone = try ParlanceProcess.run(
        arguments, in: folder, environment: ["HF_HUB_CACHE": folder + "/hub", "HF_ENDPOINT": "http://127.0.0.1:1"])
      #expect(alone.output == offline.output)
      let told = "hf:owner/name: the cached commit \(commit) serves, since the hub could not be asked: "
      #expect(alone.error.hasPrefix(told) && alone.error.hasSuffix("\n" + plain), "\(alone.error)")
    }
  }

  @Test("with -, lines and JSON objects go in, a line comes out for each, in order, ids kept")
  func stream() throws {
    let input = "bar\n{\"_id\": \"p1\", \"text\": \"cafes\"}\n\n"
    let plain = try parlance(["tokenize", "--model", "m", "-"], input: input)
    #expect(plain.output == "[CLS] bar [SEP]\n[CLS] cafe ##s [SEP]\n[CLS] [SEP]\n")
    let json = try parlance(["tokenize", "--model", "m", "-", "--json"], input: input)
    let lines = json.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].contains("\"id\":\"p1\"") && lines[1].contains("\"ids\":[2,5,6,3]"))
  }

  @Test("a line in, a line out; one SIGINT ends the wait for the next")
  func interactive() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try ParlanceProcess.shell(
        """
        mkfifo in out silence
        $PARLANCE tokenize --model m - < in > out &
        exec 8>in 9<out
        for line in '' bar 'cafes bar'; do
          echo "$line" >&8
          IFS= read -r -t 60 answer <&9 || echo 'no answer'
          echo "$answer"
        done
        kill -INT $!
        # Without a `sleep`, a process more, which would outlive this one and be waited for.
        (read -r -t 60 <>silence; kill -KILL $!) & watch=$!
        wait %1
        echo "ended with $?"
        kill -KILL $watch
        """, in: folder)
      #expect(
        result.output == """
          [CLS] [SEP]
          [CLS] bar [SEP]
          [CLS] cafe ##s bar [SEP]
          ended with 130

          """)
      #expect(result.error.contains("parlance: error: stopped on request"), "\(result.error)")
    }
  }

  @Test("a bad line is named, and what came before it is out")
  func badLine() throws {
    for line in ["{\"text\": 1}", "{\"title\": \"a\"}", "{\"text\": \"a\"", "{\"text\": \"\\ud800\"}"] {
      let result = try parlance(["tokenize", "--model", "m", "-"], input: "bar\n" + line + "\n")
      #expect(result.code == 65)
      #expect(result.error.contains("standard input:2: "), "\(result.error)")
      #expect(result.output == "[CLS] bar [SEP]\n")
    }
  }
}
