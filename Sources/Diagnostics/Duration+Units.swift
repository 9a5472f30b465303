extension Duration {
  /// In seconds; whole ones are exact, which the division of one duration by another does not promise.
  package var seconds: Double { Double(components.seconds) + 1e-18 * Double(components.attoseconds) }

  /// In thousandths of a second.
  package var milliseconds: Double { self / .milliseconds(1) }

  /// The same to the microsecond, for documents.
  package var roundedMilliseconds: Double { (seconds * 1e6).rounded() / 1e3 }
}
