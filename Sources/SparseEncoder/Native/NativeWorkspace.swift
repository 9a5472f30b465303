import ModelKernels

/// The memory of one batch on its way through a `NativeModel`; kept for the next batch.
final class NativeWorkspace: @unchecked Sendable {
  /// T x H: what goes into a layer and comes out of it.
  private(set) var hidden = FloatBuffer(count: 0)
  /// T x H: after attention; in the end the hidden states that the head takes.
  private(set) var attended = FloatBuffer(count: 0)
  /// T x H: values mixed by attention.
  private(set) var mixed = FloatBuffer(count: 0)
  /// T x 3H: queries, keys and values.
  private(set) var projections = FloatBuffer(count: 0)
  /// T x I
  private(set) var wide = FloatBuffer(count: 0)
  /// For each member what attention needs.
  private(set) var rooms: [FloatBuffer]
  let head: HeadWork

  init(members: Int) {
    rooms = [FloatBuffer](repeating: FloatBuffer(count: 0), count: members)
    head = HeadWork(members: members)
  }

  /// Makes room; called by one thread before the members begin.
  func reserve(tokens: Int, longest: Int, for model: NativeModel) {
    if hidden.count < tokens * model.width {
      let rows = tokens + tokens / 4
      hidden = FloatBuffer(count: rows * model.width)
      attended = FloatBuffer(count: rows * model.width)
      mixed = FloatBuffer(count: rows * model.width)
      projections = FloatBuffer(count: rows * 3 * model.width)
      wide = FloatBuffer(count: rows * model.intermediateWidth)
    }
    let room = KernelChoice.attentionRoom(longest, model.width / model.heads)
    if rooms[0].count < room { rooms = rooms.map { _ in FloatBuffer(count: room) } }
  }
}
