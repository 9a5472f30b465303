import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif
import Testing

@testable import Reports

@Suite("charts")
struct ChartTests {
  private func chart(_ points: [(String, Double, Double)]) -> Chart {
    Chart(
      title: "nDCG@3 against FLOPS", kind: .points, x: "FLOPS", y: "nDCG@3",
      series: points.map { .init(name: $0.0, points: [.init(x: $0.1, y: $0.2, interval: $0.2 - 0.02...$0.2 + 0.02)]) })
  }

  @Test("axes have round ticks around all values, and begin at 0 where that is near")
  func axes() {
    let axis = Axis([0.173, 0.301])
    #expect(axis.low <= 0.173 && axis.high >= 0.301)
    #expect(axis.ticks.map(axis.label).contains("0.20"), "\(axis.ticks.map(axis.label))")
    #expect(Axis([3, 40]).low == 0 && Axis([30, 40]).low > 0 && Axis([30, 40], fromZero: true).low == 0)
    let constant = Axis([0.5, 0.5])
    #expect(constant.low < 0.5 && constant.high > 0.5)
    #expect(Axis([]).ticks.count > 1 && Axis([.nan, 1]).ticks.allSatisfy(\.isFinite))
    #expect(Axis([0, 48_000]).ticks.map(Axis([0, 48_000]).label).contains("40,000"))
  }

  @Test("a figure that no whole number holds has a label, too")
  func hugeTicks() {
    let axis = Axis([0, 3e20])
    #expect(axis.ticks.map(axis.label).last?.contains("e+20") == true, "\(axis.ticks.map(axis.label))")
    #expect(Axis([0, 40_000]).label(40_000) == "40,000")
  }

  @Test("on the front are those that no other beats at less or equal cost")
  func front() {
    let chart = chart([("a", 1, 0.2), ("b", 2, 0.3), ("c", 2, 0.25), ("d", 3, 0.3), ("e", 4, 0.35), ("f", 0.5, 0.1)])
    #expect(chart.front.map(\.name) == ["f", "a", "b", "e"])
  }

  @Test("names never lie on each other, nor on a point; where they do not fit there is a legend")
  func labels() throws {
    var random = SystemRandomNumberGenerator()
    var fitted = 0
    for _ in 0..<200 {
      let points = (0..<Int.random(in: 1...14, using: &random)).map { number in
        (
          x: Double.random(in: 60...560, using: &random), y: Double.random(in: 20...300, using: &random),
          name: "student \(number)"
        )
      }
      let frame = LabelPlaces.Box(left: 50, top: 2, width: 550, height: 310)
      guard let boxes = LabelPlaces.place(points, within: frame) else { continue }
      fitted += 1
      #expect(boxes.count == points.count)
      for (number, box) in boxes.enumerated() {
        #expect(box.isWithin(frame))
        #expect(!boxes[..<number].contains(where: box.meets), "\(points)")
        for point in points {
          #expect(!box.meets(.init(left: point.x - 5, top: point.y - 5, width: 10, height: 10)), "\(points)")
        }
      }
    }
    #expect(fitted > 100)
    let crowd = chart((0..<40).map { ("a system with a long name \($0)", 1, 0.3) })
    #expect(crowd.svg().contains("a system with a long name 39"))
  }

  @Test("a drawing is well-formed XML, says what it shows, and leaves no name as markup")
  func svg() throws {
    let hostile = "<script>alert(1)</script>&\"'"
    for chart in [
      chart([(hostile, 1, 0.2), ("b", 2, 0.3)]),
      Chart(
        title: hostile, kind: .lines(isWhole: true), x: "turn", y: hostile,
        series: [
          .init(name: hostile, points: [.init(x: 1, y: 2), .init(x: 2, y: 3)]), .init(name: "none", points: []),
        ]),
    ] {
      for size in [Chart.Size.wide, .narrow] {
        let svg = chart.svg(size)
        #expect(!svg.contains("<script"))
        #expect(svg.contains("role=\"img\"") && svg.contains("<desc"))
        #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(svg)")
      }
    }
  }

  @Test("a name that is too long for a line of the legend goes on in the next, and none leaves the drawing")
  func longNames() throws {
    let names = [
      "a hundredth of contrast, positives of others not masked, ranks 11 to 960, and the positive's score from them",
      "short", String(repeating: "x", count: 300), "one", "two",
    ]
    let series = names.map { Chart.Series(name: $0, points: [.init(x: 1, y: 2), .init(x: 2, y: 3)]) }
    let chart = Chart(title: "t", kind: .lines(isWhole: true), x: "turn", y: "RR", series: series)
    for size in [Chart.Size.wide, .narrow] {
      let svg = chart.svg(size)
      let height = try #require(svg.firstMatch(of: #/viewBox="0 0 \d+ (\d+)"/#)).output.1
      var (texts, places): ([String], Set<String>) = ([], [])
      for text in svg.matches(of: #/<text x="([\d.]+)" y="([\d.]+)">([^<]*)<\/text>/#) {
        let (x, y) = (try #require(Double(text.output.1)), try #require(Double(text.output.2)))
        texts.append(String(text.output.3).replacing("&#39;", with: "'"))
        #expect(x + LabelPlaces.width(texts[texts.count - 1]) <= size.width, "\(texts)")
        #expect(y <= Double(height) ?? 0)
        #expect(places.insert("\(x) \(y)").inserted)
      }
      let written = texts.joined().replacing(" ", with: "")
      #expect(written == names.joined().replacing(" ", with: ""), "\(texts)")
    }
  }

  @Test("a drawing's figures are in its table, too")
  func table() {
    let lines = Chart(
      title: "t", kind: .lines(isWhole: false), x: "step", y: "loss",
      series: [.init(name: "a", points: (1...200).map { .init(x: Double($0), y: 1 / Double($0)) })])
    let table = lines.table()
    #expect(table.rows.count <= 42 && table.rows.last?.first?.text == "200")
    #expect(chart([("a", 1, 0.2)]).table().rows[0].map(\.text) == ["a", "1.00", "0.200", "0.180 to 0.220"])
  }
}
