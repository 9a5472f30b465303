import Foundation
import TestSupport
import Testing

@testable import Datasets

/// html5lib and lxml, where the test set-up installed them.
private let htmlJudge = TestSupport.python(importing: "html5lib, lxml")

@Suite("HTML's words against html5lib and lxml", .enabled(if: htmlJudge != nil, "the judge html5lib is not installed"))
struct HTMLJudgeTests {
  /// The judge's words of each page below a folder.
  private func judge(_ folder: String) throws -> [String: [String]] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(htmlJudge))
    process.arguments = [TestSupport.packageRoot + "/Tests/DatasetsTests/Goldens/html_words.py", folder]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try JSONDecoder().decode([String: [String]].self, from: data)
  }

  /// Words as the judge's regular expression `\w+` has them.
  private func words(_ html: [UInt8]) -> [String] {
    let reader = HTMLReader(reading: html)
    var texts = [reader.repeatedTitle ?? ""]
    for section in reader.outline.sections {
      texts += [section.headings.last ?? ""] + section.blocks.map(\.text)
    }
    return texts.flatMap { text in
      text.unicodeScalars.split { scalar in
        !(scalar == "_"
          || scalar.properties.isAlphabetic && scalar.properties.generalCategory != .nonspacingMark
            && scalar.properties.generalCategory != .spacingMark
          || scalar.properties.numericType != nil)
      }.map { String($0) }
    }
  }

  @Test(
    "every page of the demo's corpus has the judge's words, none more and none less",
    .enabled(
      if: FileManager.default.fileExists(atPath: TestSupport.dependencies + "/corpus/git-doc"), "no corpus was fetched")
  )
  func corpus() throws {
    let folder = TestSupport.dependencies + "/corpus"
    let expected = try judge(folder)
    #expect(expected.count > 200)
    for (path, words) in expected {
      let html = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + path))
      #expect(self.words([UInt8](html)).sorted() == words.sorted(), "\(path)")
    }
  }

  @Test("no word of broken markup is lost")
  func brokenMarkup() throws {
    let folder = try TestSupport.temporaryFolder("html")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let tags = [
      "p", "div", "ul", "li", "dl", "dt", "dd", "pre", "table", "tr", "td", "th", "tbody", "b", "i", "a", "span", "h2",
      "blockquote", "section", "code", "em",
    ]
    var pages: [String: [UInt8]] = [:]
    for seed in UInt64(1)...200 {
      var random = SeededGenerator(seed: seed)
      var html = "<!DOCTYPE html><body>"
      for number in 0..<Int.random(in: 1...120, using: &random) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: html += "<\(tags.randomElement(using: &random) ?? "p")>"
        case 2: html += "</\(tags.randomElement(using: &random) ?? "p")>"
        case 3: html += "<!-- c -->&amp;<br>"
        default: html += " w\(number) "
        }
      }
      pages["\(seed).html"] = Array(html.utf8)
      try Data(html.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(seed).html"))
    }
    let expected = try judge(folder)
    #expect(expected.count == pages.count)
    for (path, html) in pages {
      #expect(
        words(html).sorted() == expected[path]?.sorted(), "page \(path): \(String(decoding: html, as: UTF8.self))")
    }
  }
}
