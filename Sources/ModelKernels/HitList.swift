import CKernels

/// The logits that pooling keeps, as the kernels emit them.
@safe final class HitList: @unchecked Sendable {
  private(set) var count = 0
  /// How many logits were computed to find them.
  var computedLogits = 0
  private var capacity = 256
  private var hits: UnsafeMutablePointer<parlance_screen_hit>

  init() {
    unsafe hits = .allocate(capacity: 256)
  }

  deinit {
    unsafe hits.deallocate()
  }

  func removeAll() {
    count = 0
    computedLogits = 0
  }

  subscript(_ place: Int) -> parlance_screen_hit {
    precondition(place >= 0 && place < count)
    return unsafe hits[place]
  }

  private func append(_ hit: parlance_screen_hit) {
    if count == capacity {
      let larger = UnsafeMutablePointer<parlance_screen_hit>.allocate(capacity: 2 * capacity)
      unsafe larger.update(from: hits, count: count)
      unsafe hits.deallocate()
      unsafe hits = larger
      capacity *= 2
    }
    unsafe hits[count] = hit
    count += 1
  }

  /// The list as the context of a task, which must not outlive it.
  var context: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

  /// The task's function for such a context.
  static let emit: @convention(c) (UnsafeMutableRawPointer?, parlance_screen_hit) -> Void = { context, hit in
    guard let context = unsafe context else { return }
    unsafe Unmanaged<HitList>.fromOpaque(context).takeUnretainedValue().append(hit)
  }
}
