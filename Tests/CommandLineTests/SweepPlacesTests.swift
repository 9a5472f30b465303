#if Storage
  import Diagnostics
  import Experiments
  import Testing

  @testable import ParlanceCLI

  @Suite("how many runs of a sweep go at a time")
  struct SweepPlacesTests {
    /// Of a budget by which a run is taken to need 1.5 GiB.
    private func places(memory: Double) throws(ParlanceError) -> SweepPlaces {
      try SweepPlaces(Sweep().budget, cores: 8, memory: memory, [])
    }

    @Test("what runs take is learned from each that ends: the most of them counts, and one goes at least")
    func learned() throws {
      var places = try places(memory: 6)
      #expect(places.count == 4)
      for (peak, count) in [(0.0, 4), (0.5, 8), (1, 6), (3, 2), (1, 2), (0, 2), (12, 1)] as [(Double, Int)] {
        places.learn(peakMemory: Int(peak * 0x1p30))
        #expect(places.count == count, "\(peak) GiB")
      }
      let error = #expect(throws: ParlanceError.self) { try self.places(memory: 1) }
      #expect(error?.code == .usage)
    }

    @Test("where the system ended runs half as many go as went then, whatever others show; several at once are one")
    func lost() throws {
      var places = try places(memory: 12)
      #expect(places.count == 8)
      for (run, running, count) in [("a", 5, 2), ("b", 5, 2), ("c", 2, 1), ("d", 1, 1)] {
        let isFirst = places.lose(run, oneOf: running)
        places.learn(peakMemory: 1 << 28)
        #expect(isFirst && places.count == count, "\(run)")
      }
    }

    @Test("a run that the system ended twice is too big by itself, and takes no place from the others")
    func tooBig() throws {
      var places = try places(memory: 12)
      let isFirst = places.lose("a", oneOf: 8)
      #expect(isFirst && places.count == 4)
      let isFirstAgain = places.lose("a", oneOf: 4)
      #expect(!isFirstAgain && places.count == 4)
    }
  }
#endif
