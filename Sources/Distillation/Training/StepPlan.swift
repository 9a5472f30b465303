import Diagnostics

/// Which turns each step learns from: the batches of all epochs in their order, `optimisation.accumulation` of them a step.
struct StepPlan {
  let order: ExampleOrder
  let totalSteps: Int
  /// Of all steps together; the last step may have fewer than the others.
  private let batches: Int
  private let accumulation: Int
  private var epoch: (number: Int, order: [ExampleOrder.Visit]) = (-1, [])

  /// - Throws: `badInput` where there is no step to take.
  init(_ recipe: Recipe, _ examples: [TrainingExample]) throws(ParlanceError) {
    let order = ExampleOrder(
      sets: recipe.data.indices.map { set in
        (examples.indices.filter { examples[$0].set == set }, recipe.data[set].share)
      }, batchSize: recipe.optimisation.batchSize, seed: recipe.optimisation.seed)
    self.order = order
    accumulation = recipe.optimisation.accumulation
    batches = Int((recipe.optimisation.epochs * Double(order.batchesOfEpoch)).rounded(.up))
    totalSteps = (batches + accumulation - 1) / accumulation
    guard totalSteps > 0 else {
      throw ParlanceError(
        .badInput, "the shares of all training sets come to no turn, so there is nothing to train on")
    }
  }

  /// The batches of a step, which is counted from 1; they are counted from 0 over all epochs.
  func batches(ofStep number: Int) -> Range<Int> {
    let first = (number - 1) * accumulation
    return first..<min(batches, first + accumulation)
  }

  mutating func visits(of batch: Int) -> [ExampleOrder.Visit] {
    let number = batch / order.batchesOfEpoch
    if epoch.number != number { epoch = (number, order.epoch(number)) }
    return Array(order.batch(batch, of: epoch.order))
  }
}
