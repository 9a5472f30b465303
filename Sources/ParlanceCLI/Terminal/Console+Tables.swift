import Diagnostics
import Reports

extension Console {
  /// What tables may use: bold on a terminal only, ASCII where the locale has no more.
  var tableStyle: TextStyle {
    TextStyle(width: width, isTerminal: outputIsTerminal, isUTF8: isUTF8)
  }

  /// Prints tables with an empty line between them.
  func print(tables: [Table]) throws(ParlanceError) {
    try StandardOutput.shared.write(tables.map { $0.text(tableStyle) }.joined(separator: "\n"))
  }

  func print(json document: OrderedJSON) throws(ParlanceError) {
    try print(document.text)
  }
}
