/// The one error type of Parlance: what went wrong, where, and what would have been right.
///
/// Every module throws it, so that a caller has one type to catch and the command line one table of exit codes.
/// A message says what was expected, what was found, and what to do; it never holds the text of a conversation.
public struct ParlanceError: Error, Hashable, Sendable {
  /// The kind of failure; the raw value is the exit code of the command line, after `sysexits.h`.
  public enum Code: Int32, Sendable, CaseIterable {
    /// The call itself makes no sense: an unknown option, a value out of range.
    case usage = 64
    /// The input exists and is not what it should be.
    case badInput = 65
    /// The input does not exist or cannot be read.
    case noInput = 66
    /// A part that is not there: the engine, a service, the network.
    case unavailable = 69
    /// A fault in Parlance.
    case internalFault = 70
    /// The output cannot be written.
    case cannotWrite = 73
    /// Somebody else holds it, or a later try may succeed.
    case tryAgain = 75
    /// The user stopped it.
    case interrupted = 130
  }

  /// A place in the input.
  public struct Location: Hashable, Sendable, CustomStringConvertible {
    /// The file's path as the caller wrote it; `-` is standard input.
    public var file: String
    /// The line, counted from 1, where the file has lines.
    public var line: Int?
    /// The part of a binary file or index, such as `postings block 12`.
    public var component: String?

    public init(file: String, line: Int? = nil, component: String? = nil) {
      self.file = file
      self.line = line
      self.component = component
    }

    /// `file:line`, or `file (component)`.
    public var description: String {
      var text = file == "-" ? "standard input" : file
      if let line { text += ":\(line)" }
      if let component { text += " (\(component))" }
      return text
    }
  }

  public var code: Code
  public var message: String
  public var location: Location?

  public init(_ code: Code, _ message: String, at location: Location? = nil) {
    self.code = code
    self.message = message
    self.location = location
  }
}

extension ParlanceError: CustomStringConvertible {
  /// One line for a person: the place, a colon, the message.
  public var description: String {
    location.map { "\($0): \(message)" } ?? message
  }
}
