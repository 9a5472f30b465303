import Diagnostics
import TensorEngine
import Testing

@Suite("Where the engine is looked for")
struct EnginePlacesTests {
  @Test("PARLANCE_ENGINE is the only place when it is set")
  func named() {
    let places = EnginePlaces(executable: "/opt/bin/parlance") {
      $0 == "PARLANCE_ENGINE" ? "/elsewhere/engine.so" : nil
    }
    #expect(places.places.map(\.path) == ["/elsewhere/engine.so"])
  }

  @Test("beside the executable comes before the installed place, then the user's data folder")
  func order() {
    let places = EnginePlaces(executable: "/opt/bin/parlance") { $0 == "HOME" ? "/home/someone" : nil }
    let library = EnginePlaces.libraryName
    #expect(
      places.places.map(\.path) == [
        "/opt/bin/\(library)", "/opt/lib/parlance/\(library)", "/home/someone/.local/share/parlance/\(library)",
      ])
  }

  @Test("an engine that is not there is an error that names every place that was tried")
  func missing() {
    let places = EnginePlaces(executable: "/nowhere/bin/parlance") { _ in nil }
    let error = #expect(throws: ParlanceError.self) { try TensorEngine.load(from: places) }
    #expect(error?.code == .unavailable)
    for place in places.places { #expect(error?.message.contains(place.path) == true) }
  }
}
