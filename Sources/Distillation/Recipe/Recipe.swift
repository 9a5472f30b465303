public import Conversations
public import TensorEngine

/// Everything that decides what a student becomes: a YAML file for a person, one value for the trainer.
///
/// A part that is left out has the default that stands here. `Recipe(reading:)` reads it, `yaml` writes it with every
/// default filled in; that text is saved beside each student.
public struct Recipe: Codable, Sendable, Equatable {
  public var student = Student()
  /// The frozen passage vectors, a `.vectors` file.
  public var vectors = ""
  /// The training sets; an epoch passes over all of them.
  public var data: [TrainingSet] = []
  public var sampling = Sampler.Configuration()
  public var objective = Objective.Configuration()
  public var regularisation = Regulariser.Configuration()
  public var optimisation = Optimisation()
  public var validation: Validation?

  /// What is trained.
  public struct Student: Codable, Sendable, Equatable {
    /// The checkpoint that it starts from: a folder, or `hf:owner/name`. As a rule the passages' own encoder.
    public var model = ""
    /// How many of its layers the student keeps, the first ones; all of them when it is left out.
    public var layers: Int?
    /// Which words of a turn it reads.
    public var form = ConversationForm.conversation
    /// The most tokens of a query.
    public var maxLength = 256
    /// How many terms a query keeps; all of them when it is left out.
    public var keptTerms: Int?
    /// Drops the terms of a query whose weight times `ln((N + 1) / (df + 1))` is less, df counted over the N passages of
    /// `vectors`.
    public var leastImportance: Double?
    /// The share of the weights it started from in the student that leaves (arXiv 2109.01903).
    public var startShare = 0.0
    /// Present for a student that learns what the history adds to the frozen encoder's vector of the last question.
    public var residual: Residual?
    /// Present where the passage encoder learns as well.
    public var passages: Passages?

    public init() {}

    enum CodingKeys: String, CodingKey {
      case model, layers, form, residual, passages
      case maxLength = "max_length"
      case keptTerms = "kept_terms"
      case leastImportance = "least_importance"
      case startShare = "start_share"
    }
  }

  /// `query = gate * frozen(last question) + student(conversation)`
  public struct Residual: Codable, Sendable, Equatable {
    public enum Gate: String, Codable, Sendable, CaseIterable {
      /// One number for all.
      case scalar
      /// One number for each term.
      case term
      /// One number a conversation, which the student reads off it.
      case conversation
    }

    public var gate = Gate.scalar
    /// The gate before training.
    public var start = 1.0
    /// The gate's own learning rate; it has to move further than the model's weights.
    public var learningRate = 1e-2
    /// The gate of the student that leaves; the learned one when it is left out. Goes with one number for all.
    public var final: Double?
    /// The frozen encoder, where it is not the model that the student starts from.
    public var model: String?
    /// Present where the student that leaves multiplies each term's weight after where in the conversation it was said.
    public var factors: Factors?

    public init() {}

    enum CodingKeys: String, CodingKey {
      case gate, start, final, model, factors
      case learningRate = "learning_rate"
    }
  }

  /// How a student's ``TermFactors`` are fitted, after its last step, to the weights of the teacher's vectors.
  public struct Factors: Codable, Sendable, Equatable {
    /// Weighs the squares of theta against the mean squared error of a turn.
    public var ridge = 3e-4
    /// The most turns that are looked at.
    public var turns = 5000

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
      case ridge, turns
    }
  }

  /// Turns with what a teacher retrieved for them.
  public struct TrainingSet: Codable, Sendable, Equatable {
    /// What the student's model card calls the set; the names of its files when it is left out.
    public var name: String?
    /// A conversations file.
    public var conversations = ""
    /// A `.teacher` file over the recipe's vectors.
    public var teacher = ""
    /// Judgments whose relevant passages are the positives; the teacher's best are, where there are none.
    public var qrels: String?
    /// How often a turn of the set comes in an epoch, 1 being once; parts are drawn anew each epoch.
    public var share = 1.0
    /// A rewrites file of which the rewrite itself is shown instead of the conversation now and then, so that the student
    /// keeps what it knows of questions that stand by themselves.
    public var rewrites: String?
    /// How often that happens.
    public var rewriteShare = 0.0
    /// The terms under which the set may be used; told in the student's model card.
    public var licence: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
      case name, conversations, teacher, qrels, share, rewrites, licence
      case rewriteShare = "rewrite_share"
    }
  }

  /// How the weights move.
  public struct Optimisation: Codable, Sendable, Equatable {
    public var learningRate = 2e-5
    public var weightDecay = 0.0
    /// The share of all steps over which the learning rate rises from 0; it falls linearly to 0 after that.
    public var warmupRatio = 0.01
    /// The most that the joint norm of all gradients may be; 0 for no limit.
    public var clipNorm = 1.0
    /// Queries of a step.
    public var batchSize = 10
    /// Steps whose gradients are added up before the weights move.
    public var accumulation = 1
    public var epochs = 3.0
    /// The probability with which a number is dropped after embeddings, attention and dense layers.
    public var dropout = 0.1
    /// The probability with which a training query loses its history and is the last question alone.
    public var historyDropout = 0.0
    /// The probability with which a question that stands by itself (a first question, or a rewrite where the set has
    /// `rewrites`) is read with the history of another conversation, which the student learns to leave aside.
    public var foreignHistory = 0.0
    /// How the products of a step are computed; parameters, gradients and the student stay float32.
    public var precision = TensorEngine.Precision.float32
    /// Every random choice follows from it.
    public var seed: UInt64 = 123

    public init() {}

    enum CodingKeys: String, CodingKey {
      case accumulation, epochs, dropout, precision, seed
      case learningRate = "learning_rate"
      case weightDecay = "weight_decay"
      case warmupRatio = "warmup_ratio"
      case clipNorm = "clip_norm"
      case batchSize = "batch_size"
      case historyDropout = "history_dropout"
      case foreignHistory = "foreign_history"
    }
  }

  /// How it is known when the student is best.
  public struct Validation: Codable, Sendable, Equatable {
    /// Validation turns of their own; `folds` holds some of the training conversations out instead.
    public var conversations: String?
    /// Their judgments; those of the training sets when left out.
    public var qrels: String?
    /// Conversations are dealt into so many parts, by a hash of their ids.
    public var folds: Int?
    /// The part that is held out.
    public var fold = 0
    /// Which student stays.
    public enum Kept: String, Codable, Sendable, CaseIterable {
      /// The one that validated best.
      case best
      /// The one of the last validation: what is held out decides nothing, so that it can be measured on afterwards.
      case last
    }

    public var keep = Kept.best
    /// Whose increase is progress.
    public var measure = "nDCG@3"
    /// Steps between two validations.
    public var every = 100
    /// Validations without progress after which training ends; it goes on to its last step when left out.
    public var patience: Int?

    public init() {}

    enum CodingKeys: String, CodingKey {
      case conversations, qrels, folds, fold, keep, measure, every, patience
    }
  }

  public init() {}

  enum CodingKeys: String, CodingKey {
    case student, vectors, data, sampling, objective, regularisation, optimisation, validation
  }
}
