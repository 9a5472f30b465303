import CTensorEngine

/// What a screened head keeps from call to call: its weight in small integers, and how much survives them.
///
/// Screening finds the few logits that may be positive without computing the others, and gives the same answer
/// (Documentation/screened-head.md). It stands down by itself where too many survive, as of an untrained model.
@safe final class Screen: @unchecked Sendable {
  let handle: OpaquePointer
  private let engine: TensorEngine

  init(_ handle: OpaquePointer, of engine: TensorEngine) {
    unsafe self.handle = handle
    self.engine = engine
  }

  deinit {
    unsafe engine.table.pointee.screen_release(handle)
  }

  var report: SpladeProjection.Screening {
    var report = unsafe parlance_screen_report()
    guard unsafe engine.table.pointee.screen_report(handle, &report) == PARLANCE_OK else {
      return SpladeProjection.Screening()
    }
    return unsafe SpladeProjection.Screening(
      kernel: report.kernel.map { unsafe String(cString: $0) }, tokens: Int(report.tokens),
      computedLogits: Int(report.computed), standsDown: report.stands_down != 0)
  }
}
