#if Network
  import Foundation
  import Synchronization
  import TestSupport
  import Testing

  /// `parlance serve` over an index of `SearchFixture`, on a free port; ends with this object.
  final class ServedFixture {
    let folder: String
    private(set) var port = 0
    private var process = Process()
    private let arguments: [String]
    private let environment: [String: String]

    /// Clients may take an hour to send a request, unless a test says otherwise: they are starved where others keep the cores busy.
    ///
    /// - Parameter model: makes vectors of the passages; BM25 weighs them without one.
    init(_ arguments: [String] = [], model: String? = nil, environment: [String: String] = [:]) throws {
      let folder = try TestSupport.temporaryFolder("serve")
      self.folder = folder
      self.environment = environment
      let patience = arguments.contains("--receive-timeout") ? [] : ["--receive-timeout", "3600"]
      self.arguments = ["--index", "index"] + (model.map { ["--model", $0] } ?? []) + patience + arguments
      for (name, contents) in SearchFixture.files {
        try contents.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
      }
      try build("passages.jsonl", model: model)
      try start()
    }

    func build(_ passages: String, model: String? = nil) throws {
      let source = model.map { ["--model", $0] } ?? ["--bm25"]
      let built = try ParlanceProcess.run(
        ["index", "build"] + source + ["--passages", passages, "--out", "index"], in: folder, environment: environment)
      try #require(built.code == 0, "\(built.error)")
    }

    /// Starts it, again where it has ended.
    func start() throws {
      process = Process()
      process.executableURL = URL(fileURLWithPath: ParlanceProcess.executable)
      process.arguments = ["serve", "--port", "0"] + arguments
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.environment = ["LC_ALL": "C.UTF-8"].merging(environment) { $1 }
      let output = Pipe()
      process.standardOutput = output
      _ = FileManager.default.createFile(atPath: folder + "/log", contents: nil)
      process.standardError = FileHandle(forWritingAtPath: folder + "/log")
      try process.run()
      var line = Data()
      while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
        line += byte
      }
      let text = String(decoding: line, as: UTF8.self)
      port = try #require(
        text.split(separator: ":").last.flatMap { Int($0) },
        "\(text) \((try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "")")
    }

    deinit {
      kill()
      try? FileManager.default.removeItem(atPath: folder)
    }

    /// Ends it as a cut of power would, as far as a process knows.
    func kill() {
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }

    var log: String { (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    /// Whether a signal is in `SigIgn`, `SigCgt` or another of the sets that Linux tells of.
    static func isSignal(_ number: Int32, in field: String, of process: Process) throws -> Bool {
      let mask = UInt64(try told(field, of: process), radix: 16) ?? 0
      return mask & (1 << UInt64(number - 1)) != 0
    }

    func isIgnored(_ number: Int32) throws -> Bool { try Self.isSignal(number, in: "SigIgn", of: process) }

    /// The most memory that was resident, in KiB.
    var mostMemory: Int {
      get throws {
        let told = try Self.told("VmHWM", of: process)
        return try #require(Int(told.prefix { $0.isNumber }))
      }
    }

    private static func told(_ field: String, of process: Process) throws -> String {
      let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
      return (line?.dropFirst(field.count + 1) ?? "").trimmingCharacters(in: .whitespaces)
    }

    /// Waits for the end; one that does not come within ten minutes is no end.
    var exitCode: Int32? {
      let latest = ContinuousClock.now + .seconds(600)
      while process.isRunning, ContinuousClock.now < latest { usleep(5000) }
      return process.isRunning ? nil : process.terminationStatus
    }

    func connect() throws -> ClientConnection { try ClientConnection(port: port) }

    /// One request on a connection of its own: the status line, the fields and the body.
    func send(_ method: String, _ path: String, _ body: String = "", fields: [String] = []) throws -> String {
      let connection = try connect()
      try connection.send(Self.request(method, path, body, fields: fields + ["connection: close"]))
      return connection.rest()
    }

    static func request(_ method: String, _ path: String, _ body: String = "", fields: [String] = []) -> String {
      var lines = ["\(method) \(path) HTTP/1.1", "host: localhost"] + fields
      if !body.isEmpty { lines += ["content-type: application/json", "content-length: \(body.utf8.count)"] }
      return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
  }

  @Suite("parlance serve", .timeLimit(.minutes(30)))
  struct ServeCommandTests {
    static let question = #"{"messages": [{"role": "user", "content": "undo a commit"}]}"#

    @Test("it answers over HTTP, several requests on one connection, and ends on SIGTERM")
    func answers() throws {
      let served = try ServedFixture()
      let connection = try served.connect()
      for _ in 0..<3 {
        try connection.send(ServedFixture.request("POST", "/v1/search", Self.question))
        let answer = try connection.answer()
        #expect(answer.status == 200)
        #expect(answer.body.contains(#""id":"p1""#))
      }
      try connection.send(ServedFixture.request("HEAD", "/healthz"))
      #expect(try connection.head().contains("Content-Length: 15"))
      #expect(try served.send("POST", "/v1/search", "{}").contains("application/problem+json"))
      served.signal(SIGTERM)
      #expect(served.exitCode == 0)
      #expect(served.log.contains("POST /v1/search 200"))
      #expect(!served.log.contains("undo"))
    }

    @Test("a body over the limit is refused before it is read, whether its length is told or not")
    func bodies() throws {
      let served = try ServedFixture(["--max-body", "1000"])
      let told = try served.connect()
      try told.send("POST /v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000000\r\n\r\n")
      #expect(try told.answer().status == 413)
      let untold = try served.connect()
      try untold.send("POST /v1/search HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n")
      try untold.send("800\r\n" + String(repeating: "x", count: 2048) + "\r\n")
      #expect(try untold.answer().status == 413)
      #expect(try served.send("POST", "/v1/search", Self.question).hasPrefix("HTTP/1.1 200"))
      #expect(served.log.components(separatedBy: "POST /v1/search 413").count == 3, "\(served.log)")
    }

    @Test("clients that send a head or a body without end, or nothing, are cut; others are answered meanwhile")
    func slowClients() throws {
      let served = try ServedFixture(["--receive-timeout", "5"])
      defer { withExtendedLifetime(served) {} }
      var isAnsweredMeanwhile = false
      // Where this process is starved the slow ones are cut before the other asks, or that one with them; then all come again.
      for _ in 0..<30 where !isAnsweredMeanwhile {
        let slow = try (0..<3).map { _ in try served.connect() }
        try? slow[1].send("POST /v1/search HTTP/1.1\r\nhost: loc")
        try? slow[2].send("POST /v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-length: 20\r\n\r\n{")
        let answer = (try? served.send("POST", "/v1/search", Self.question)) ?? ""
        isAnsweredMeanwhile = answer.hasPrefix("HTTP/1.1 200") && slow.allSatisfy(\.isWaitedAt)
        for connection in slow { #expect(!connection.rest().hasPrefix("HTTP/1.1 200")) }
      }
      #expect(isAnsweredMeanwhile)
    }

    @Test("what was taken before the wish to end is answered")
    func gracefulEnd() throws {
      let served = try ServedFixture()
      let connection = try served.connect()
      try connection.send(ServedFixture.request("GET", "/healthz"))
      _ = try connection.answer()
      // The request is under way when the signal comes: its body is not whole.
      let request = ServedFixture.request("POST", "/v1/search", Self.question)
      try connection.send(String(request.dropLast(10)))
      // And its head is read: connections are dealt to the service's threads in turn, so each of those has been at its sockets since.
      for _ in 0..<2 * ProcessInfo.processInfo.activeProcessorCount { _ = try served.send("GET", "/healthz") }
      served.signal(SIGTERM)
      // Until it has seen the signal: then nobody gets a connection any more.
      while let other = try? served.connect() {
        try? other.send(ServedFixture.request("GET", "/readyz", fields: ["connection: close"]))
        guard other.rest().hasPrefix("HTTP/1.1 200") else { break }
      }
      try connection.send(String(request.suffix(10)))
      #expect(try connection.answer().status == 200)
      #expect(served.exitCode == 0)
    }

    @Test("SIGHUP loads the index anew while requests are answered, none of which fails")
    func reload() throws {
      let served = try ServedFixture()
      let added = SearchFixture.files["passages.jsonl", default: ""] + "{\"_id\": \"p9\", \"text\": \"bisect\"}\n"
      try added.write(toFile: served.folder + "/more.jsonl", atomically: false, encoding: .utf8)
      try served.build("more.jsonl")
      let connections = try (0..<4).map { _ in try served.connect() }
      let request = ServedFixture.request("POST", "/v1/search", #"{"query": "bisect"}"#)
      // Three are under way at any moment of the exchange.
      for connection in connections { try connection.send(request) }
      served.signal(SIGHUP)
      var isNew = false
      while !isNew {
        for connection in connections {
          let answer = try connection.answer()
          #expect(answer.status == 200)
          isNew = isNew || answer.body.contains(#""id":"p9""#)
          try connection.send(request)
        }
      }
      for connection in connections {
        #expect(try connection.answer().status == 200)
        try connection.send(request)
        #expect(try connection.answer().body.contains(#""id":"p9""#))
      }
    }

    @Test("a client that leaves while its answer is written ends no service, nor one that has loaded its model anew")
    func brokenPipe() throws {
      let served = try ServedFixture(model: ServePassagesTests.model)
      let isIgnoredAtFirst = try served.isIgnored(SIGPIPE)
      #expect(isIgnoredAtFirst)
      served.signal(SIGHUP)
      let latest = ContinuousClock.now + .seconds(600)
      while !served.log.contains("reloaded"), ContinuousClock.now < latest { usleep(5000) }
      #expect(served.log.contains("reloaded") && !served.log.contains("not reloaded"), "\(served.log)")
      let isIgnored = try served.isIgnored(SIGPIPE)
      #expect(isIgnored)
    }

    @Test("no connection is taken after the wish to end, though a reload is under way")
    func endOfReloading() throws {
      let commit = String(repeating: "c", count: 40)
      try ParlanceProcess.inFolder(of: ["hub/models--owner--name/refs/main": commit]) { folder in
        let snapshots = folder + "/hub/models--owner--name/snapshots"
        try FileManager.default.createDirectory(atPath: snapshots, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
          atPath: snapshots + "/" + commit, withDestinationPath: ServePassagesTests.model)
        // Asked for a newer model, the hub fails; at the reload it takes its time over that.
        let isSlow = Mutex(false)
        let (isAsked, mayAnswer) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let hub = try LocalHTTPServer { _ in
          if isSlow.withLock({ $0 }) {
            isAsked.signal()
            mayAnswer.wait()
          }
          return .whole(500, body: "")
        }
        defer {
          mayAnswer.signal()
          hub.stop()
        }
        let served = try ServedFixture(
          model: "hf:owner/name",
          environment: ["HF_HUB_CACHE": folder + "/hub", "HF_ENDPOINT": "http://127.0.0.1:\(hub.port)"])
        isSlow.withLock { $0 = true }
        served.signal(SIGHUP)
        try #require(isAsked.wait(timeout: .now() + 600) == .success)
        served.signal(SIGTERM)
        let latest = ContinuousClock.now + .seconds(50)
        var isAnswered = true
        while isAnswered, ContinuousClock.now < latest {
          isAnswered = (try? served.send("GET", "/healthz"))?.hasPrefix("HTTP/1.1 200") == true
        }
        #expect(!isAnswered && !served.log.contains("reloaded"), "\(served.log)")
        isSlow.withLock { $0 = false }
        mayAnswer.signal()
        #expect(served.exitCode == 0, "\(served.log)")
      }
    }

    @Test("the heaviest terms of a question alone are searched where that is asked for, without a model as well")
    func keptTerms() throws {
      for (arguments, terms) in [([], 2), (["--keep-terms", "1"], 1)] {
        let served = try ServedFixture(arguments)
        defer { withExtendedLifetime(served) {} }
        let answer = try served.send("POST", "/v1/search", #"{"query": "undo a commit"}"#)
        #expect(answer.contains(#""query":{"terms":\#(terms),"#), "\(answer)")
      }
    }

    @Test("a key is shown once and its hash let in; a public address without keys is refused")
    func keys() throws {
      try SearchFixture.inFolder { folder in
        let made = try ParlanceProcess.run(["serve", "--new-key", "team"], in: folder)
        #expect(made.code == 0)
        #expect(made.output.hasPrefix("team ") && made.error.contains("parlance_"))
        let refused = try ParlanceProcess.run(["serve", "--index", "bm25", "--host", "0.0.0.0"], in: folder)
        #expect(refused.code == 64)
        #expect(refused.error.contains("--api-keys"))
        let unknown = try ParlanceProcess.run(["serve", "--index", "nowhere"], in: folder)
        #expect(unknown.code == 66)
        try made.output.write(toFile: folder + "/keys.txt", atomically: false, encoding: .utf8)
        let served = try ServedFixture(["--api-keys", folder + "/keys.txt"])
        let key = try #require(made.error.split(separator: " ").last).trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try served.send("POST", "/v1/search", Self.question).hasPrefix("HTTP/1.1 401"))
        #expect(
          try served.send("POST", "/v1/search", Self.question, fields: ["authorization: Bearer \(key)"])
            .hasPrefix("HTTP/1.1 200"))
        // Nobody's body is waited for who is not let in.
        let stranger = try served.connect()
        try stranger.send("POST /v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900000\r\n\r\n{")
        #expect(try stranger.answer().status == 401)
        let twice = try served.connect()
        try twice.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n")
        #expect(try twice.answer().status == 400)
      }
    }

    @Test("a signal that comes while it begins is heeded: the wish to end ends it, the wish to load anew does not")
    func earlySignals() throws {
      let served = try ServedFixture()
      for number in [SIGTERM, SIGHUP] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: ParlanceProcess.executable)
        process.arguments = ["serve", "--index", "index", "--port", "0"]
        process.currentDirectoryURL = URL(fileURLWithPath: served.folder)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { Foundation.kill(process.processIdentifier, SIGKILL) }
        try untilCaught(SIGTERM, by: process)
        Foundation.kill(process.processIdentifier, number)
        if number == SIGTERM {
          let latest = ContinuousClock.now + .seconds(60)
          while process.isRunning, ContinuousClock.now < latest { usleep(5000) }
          #expect(!process.isRunning && [0, 130].contains(process.terminationStatus))
        } else {
          let line = try output.fileHandleForReading.read(upToCount: 9) ?? Data()
          #expect(String(decoding: line, as: UTF8.self) == "listening")
        }
      }
    }

    /// Waits until a process has begun to heed a signal, as Linux tells it.
    private func untilCaught(_ number: Int32, by process: Process) throws {
      while process.isRunning {
        if try ServedFixture.isSignal(number, in: "SigCgt", of: process) { return }
        usleep(200)
      }
    }

    @Test(
      "options out of range are refused at once",
      arguments: [
        ["--cache", "9223372036854775807"], ["--timeout", "9223372036854775807"], ["--receive-timeout", "0"],
        ["--cors", "*"], ["--cors", "https://shop.example/"], ["--cors", "shop.example"],
        ["--max-length", "8"], ["--passage-text", "{text}"], ["--device", "cpu"], ["--trust-model"],
      ])
    func options(arguments: [String]) throws {
      try ParlanceProcess.inFolder(of: [:]) { folder in
        let refused = try ParlanceProcess.run(["serve", "--index", "nowhere", "--port", "0"] + arguments, in: folder)
        #expect(refused.code == 64, "\(refused.error)")
      }
    }

    @Test("an address that somebody has is told as such")
    func taken() throws {
      let served = try ServedFixture()
      try SearchFixture.inFolder { folder in
        let second = try ParlanceProcess.run(["serve", "--index", "bm25", "--port", "\(served.port)"], in: folder)
        #expect(second.code == 69)
        #expect(second.error.contains("127.0.0.1:\(served.port): another program listens there"), "\(second.error)")
      }
    }
  }
#endif
