// What the sanitizer must keep quiet about and what it must report, so that its silence about the tests means something:
// eight tasks fill an array, `right` under a mutex that they wait for, `wrong` also without.
import Synchronization

final class Shelf: @unchecked Sendable {
  let guarded = Mutex<[Int]>([])
  var open: [Int] = [0]
}

@main
struct Contention {
  static func main() async {
    let shelf = Shelf()
    let isWrong = CommandLine.arguments.last == "wrong"
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for number in 0..<20_000 {
            if isWrong { shelf.open[0] = number }
            shelf.guarded.withLock { numbers in
              numbers.append(number + task)
              if numbers.count > 100 { numbers.removeAll() }
            }
          }
        }
      }
    }
  }
}
