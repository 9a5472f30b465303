import Diagnostics
import Evaluation
import SparseVectors

/// Draws what a batch of turns is trained on: what the student reads of each, and passages of its teacher's list.
///
/// A pure function of the data, the recipe and the batch's number, so that a run that resumes draws what it would have drawn.
struct BatchDrawing {
  private let data: TrainingData
  private let vectors: VectorsFile
  private let seed: UInt64
  private let sampler: Sampler
  private let readingChoice: ReadingChoice

  /// - Parameter maxLength: the most tokens that the student reads.
  init(_ recipe: Recipe, data: TrainingData, vectors: VectorsFile, maxLength: Int) {
    self.data = data
    self.vectors = vectors
    seed = recipe.optimisation.seed
    sampler = Sampler(recipe.sampling)
    readingChoice = ReadingChoice(data.examples, recipe: recipe, maxLength: maxLength)
  }

  /// The turns of a batch, and all that is random about it.
  struct Batch {
    var examples: [TrainingExample]
    /// What the student reads of each.
    var readings: [TrainingExample.Reading]
    /// The passages that each is trained on.
    var sampled: SampledBatch
    /// Of the dropout in the pass over the readings.
    var readingSeed: UInt64
    /// Of the dropout in the pass over the passages, where their encoder learns.
    var passageSeed: UInt64
  }

  /// - Parameter number: of the batch, counted from 0 over all epochs.
  func callAsFunction(_ visits: [ExampleOrder.Visit], batch number: Int) throws(ParlanceError) -> Batch {
    var generator = SeededGenerator(seed: seed, "step", UInt64(number))
    let readingSeed = generator.next()
    let examples = visits.map { data.examples[$0.example] }
    var readings: [TrainingExample.Reading] = []
    var samples: [PassageSample] = []
    for (visit, example) in zip(visits, examples) {
      readings.append(readingChoice.reading(of: example, &generator))
      samples.append(try sample(visit, of: example))
    }
    return Batch(
      examples: examples, readings: readings,
      sampled: SampledBatch(
        samples, knownPositives: examples.map { Set($0.gold) }, weights: examples.map(\.weight)),
      readingSeed: readingSeed, passageSeed: generator.next())
  }

  private func sample(
    _ visit: ExampleOrder.Visit, of example: TrainingExample
  ) throws(ParlanceError) -> PassageSample {
    let teacher = data.teachers[example.set]
    let list = try teacher.list(at: example.list)
    var failure: ParlanceError?
    let query = try teacher.queryVector(at: example.list)
    let score: ((UInt32) -> Float)? = query.map { query in
      { [vectors] passage in
        do throws(ParlanceError) {
          return Float(query.dot(try vectors.vector(at: Int(passage))))
        } catch {
          failure = error
          return 0
        }
      }
    }
    let sample = sampler.sample(
      list: list, gold: example.gold, score: score, collectionCount: vectors.count, seed: seed, epoch: visit.epoch,
      query: UInt64(visit.example), repetition: visit.repetition)
    if let failure { throw failure }
    // Turns with empty lists were left out when the data were read.
    return sample ?? PassageSample(passages: [], teacherScores: [], positives: 0)
  }
}
